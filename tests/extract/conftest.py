"""A real PostgreSQL server for the tests of this stage."""

import os
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def server():
    """The address of a PostgreSQL server of our own: a cluster that is made for these tests, on a local socket."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path(shutil.which("initdb") or "none").parent]
    if not (programs[-1] / "initdb").exists():
        warnings.warn(
            "PostgreSQL is not installed: no test reads from a server (apt-get install postgresql)", stacklevel=1
        )
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    user = {"user": "postgres"} if os.geteuid() == 0 else {}  # the server refuses to run as root
    if user:
        shutil.chown(folder, "postgres")
    (folder / "word").write_text("p@ss/w:rd")
    folder.joinpath("word").chmod(0o644)

    def run(program: str, *options: str) -> None:
        command = [programs[-1] / program, "-D", folder / "data", *options]
        subprocess.run(command, check=True, cwd=folder, capture_output=program == "initdb", **user)

    run("initdb", "-U", "reader", "-A", "scram-sha-256", f"--pwfile={folder}/word", "-E", "UTF8", "--no-sync")
    run("pg_ctl", "start", "-w", "-s", "-l", f"{folder}/log", "-o", f"-c listen_addresses='' -k {folder} -F")
    try:
        yield folder
    finally:
        run("pg_ctl", "stop", "-s", "-m", "immediate")
        shutil.rmtree(folder)
