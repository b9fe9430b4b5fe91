"""A script in a copy of the fork server is what it is in a Python of its own."""

import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from oligomet.fork_server import LATE, ForkServer
from oligomet.imports import PACKAGE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="libraries of other systems do not bear to be forked")


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE.parent))
    server = ForkServer(["pandas", "no_such_module", "oligomet.study"])
    yield server
    server._process.kill()
    server._process.wait()


def written(folder: Path, text: str) -> str:
    file = folder / f"{len(list(folder.iterdir()))}.py"
    file.write_text(text, encoding="utf-8")
    return str(file)


ENDS = {
    "well": "",
    "with an error": "raise ValueError('a row is wrong')",
    "with a code": "sys.exit(7)",
    "with no code": "sys.exit()",
    "with words": "sys.exit('what is wrong')",
    "killed": "os.kill(os.getpid(), 9)",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_it_ends_and_says_what_it_would_by_itself(server, tmp_path, end):
    script = written(
        tmp_path,
        f"""
import atexit, os, sys

def report(kind, error, trace):
    print("hooked", kind.__name__, error)

sys.excepthook = report
atexit.register(print, "at the end", sys.argv == [__file__], __name__)
print("begun", file=open({str(tmp_path / "said")!r}, "a"))
sys.stdout = sys.stderr = open({str(tmp_path / "said")!r}, "a")
{end}
""",
    )
    forked = server.run(script)
    said = (tmp_path / "said").read_text()
    (tmp_path / "said").unlink()
    assert subprocess.run([sys.executable, script]).returncode == forked
    assert (tmp_path / "said").read_text() == said


def test_copies_know_what_is_loaded_and_nothing_of_each_other(server, tmp_path):
    while server.run(written(tmp_path, "import sys\nassert 'oligomet.study' in sys.modules")):
        time.sleep(0.1)  # what is not loaded yet, a script would load by itself
    script = "import builtins, os, sys\nassert 'pandas' in sys.modules and not hasattr(builtins, 'mine')\n"
    script += f"builtins.mine = 1\nopen(f'{tmp_path}/{{os.getpid()}}.ran', 'w').close()\nsys.exit(3)"
    scripts = [written(tmp_path, script) for _ in range(8)]
    with ThreadPoolExecutor(8) as several:
        assert list(several.map(server.run, scripts)) == [3] * 8
    assert len(list(tmp_path.glob("*.ran"))) == 8


def test_they_work_side_by_side(server, tmp_path):
    """The first waits for a file that the second writes."""
    waits = written(tmp_path, f"import os, time\nwhile not os.path.exists('{tmp_path}/there'): time.sleep(0.01)")
    writes = written(tmp_path, f"open('{tmp_path}/there', 'w').close()")
    with ThreadPoolExecutor(2) as both:
        first = both.submit(server.run, waits)
        assert both.submit(server.run, writes).result() == 0 == first.result()


def test_a_server_that_was_killed_is_no_script_that_ended_well(server, tmp_path):
    killer = written(tmp_path, "import os\nos.kill(os.getppid(), 9)")
    assert server.run(killer) == -signal.SIGKILL
    server._process.wait()
    with pytest.raises(OSError):
        server.run(written(tmp_path, ""))


def test_what_its_copies_took_counts_as_of_who_began_it(server, tmp_path):
    def used() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime

    before = used()
    server.run(written(tmp_path, "import time\nwhile time.process_time() < 1: pass"))
    server.close()
    assert used() > before + 0.9


def test_it_ends_with_the_process_that_began_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE.parent))
    begin = (
        "from oligomet.fork_server import ForkServer\nserver = ForkServer([])\nprint(server._process.pid, flush=True)"
    )
    begun = subprocess.Popen([sys.executable, "-c", begin + "\nimport time\ntime.sleep(60)"], stdout=subprocess.PIPE)
    server = int(begun.stdout.readline())
    begun.kill()
    begun.wait()
    waited_until = time.monotonic() + 20
    while Path(f"/proc/{server}/cmdline").exists() and Path(f"/proc/{server}/cmdline").read_bytes():
        assert time.monotonic() < waited_until
        time.sleep(0.05)


def test_what_is_loaded_is_there_and_starts_no_thread():
    """A thread would not be in the copy, and what it holds would stay held."""
    code = f"import os, {', '.join(LATE)}\nprint(len(os.listdir('/proc/self/task')))"
    alone = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-c", code], env=alone, capture_output=True, text=True)
    assert done.stdout == "1\n", done.stderr


def test_a_run_forks_its_scripts(run):
    """Snakemake says in its log what it gives to a shell: no Python for a script; what a part of its own runs in."""
    log = min((run.folder / ".snakemake" / "log").glob("*.log"))  # named by its time: of the run, and not of a test
    assert "Finished jobid" in log.read_text() and ".snakemake/scripts/" not in log.read_text()
