"""A whole run in a fresh copy of the repository, made once and looked at by every test that asks for it."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from whole_run import Run, copy_repository

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")


@pytest.fixture(scope="session")
def run(tmp_path_factory) -> Run:
    folder = tmp_path_factory.mktemp("run") / "oligomet"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return make_run(copy_repository(folder))
    together = tmp_path_factory.getbasetemp().parent  # of all processes: the first makes the run, each has a copy
    with (together / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (together / "run/said.txt").is_file():
            make_run(copy_repository(together / "run"))
    return Run(shutil.copytree(together / "run", folder))


def make_run(folder: Path) -> Run:
    finished = Run(folder)
    said = finished.snakemake("--cores", "2")
    (folder / "said.txt").write_text(said, encoding="utf-8")
    return finished


@pytest.fixture(scope="module")
def own_run(run, tmp_path_factory) -> Run:
    """A copy of the run for tests that add to it or change it."""
    return Run(shutil.copytree(run.folder, tmp_path_factory.mktemp("own") / "oligomet"))


LONG = {"run", "trial", "finished", "whole"}  # fixtures that take a whole run


def pytest_collection_modifyitems(items):
    """What looks at a whole run comes first: it is what the last process would otherwise be waited for."""
    items.sort(key=lambda item: LONG.isdisjoint(item.fixturenames))
