"""A whole run in a fresh copy of the repository, made once and looked at by every test that asks for it."""

import shutil

import pytest

from whole_run import Run, copy_repository


@pytest.fixture(scope="session")
def run(tmp_path_factory) -> Run:
    finished = Run(copy_repository(tmp_path_factory.mktemp("run") / "oligomet"))
    finished.snakemake("--cores", "2")
    return finished


@pytest.fixture(scope="module")
def own_run(run, tmp_path_factory) -> Run:
    """A copy of the run for tests that add to it or change it."""
    return Run(shutil.copytree(run.folder, tmp_path_factory.mktemp("own") / "oligomet"))
