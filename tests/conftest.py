"""A whole run in a fresh copy of the repository, made once and looked at by every test that asks for it."""

import shutil

import pytest
from hypothesis import settings

from whole_run import Run, copy_repository

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")


@pytest.fixture(scope="session")
def run(tmp_path_factory) -> Run:
    finished = Run(copy_repository(tmp_path_factory.mktemp("run") / "oligomet"))
    (finished.folder / "said.txt").write_text(finished.snakemake("--cores", "2"), encoding="utf-8")
    return finished


@pytest.fixture(scope="module")
def own_run(run, tmp_path_factory) -> Run:
    """A copy of the run for tests that add to it or change it."""
    return Run(shutil.copytree(run.folder, tmp_path_factory.mktemp("own") / "oligomet"))


def pytest_collection_modifyitems(items):
    """What looks at the run comes first: it is what the last process would otherwise be waited for."""
    items.sort(key=lambda item: "run" not in item.fixturenames)
