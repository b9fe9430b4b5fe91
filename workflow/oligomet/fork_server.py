"""A Python that loads what scripts import, and runs each script in a copy of itself.

A script works for seconds, and would spend as long again on importing the same libraries as the one before it. The
server loads one module after another, and between two of them it looks whether a script waits, so that none waits for
long. The copy (`fork`) is then the script's process, with an end and an exit code of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from importlib import import_module

# What is imported late, as not every script needs it, in the order in which a run asks for it.
LATE = [
    *("pandera.pandas", "pandera.strategies.pandas_strategies", "openpyxl", "scipy.sparse.csgraph", "lifelines"),
    *("statsmodels.duration.hazard_regression", "statsmodels.genmod.generalized_estimating_equations"),
    *("statsmodels.discrete.discrete_model", "statsmodels.stats.contingency_tables", "statsmodels.stats.diagnostic"),
    *("firthmodels", "sklearn.model_selection", "seaborn", "great_tables", "matplotlib.backends.backend_pdf"),
    *("matplotlib.backends.backend_svg", "matplotlib.backends.backend_ps", "papermill", "black", "pypandoc"),
]


class ForkServer:
    """The server, as Snakemake's process knows it. It ends with that process.

    Parameters
    ----------
    modules
        What to load, in this order; a module that cannot be imported is left to the script that needs it.
    """

    def __init__(self, modules: list[str]):
        self._line, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            command = [sys.executable, "-P", "-m", "oligomet.fork_server", str(its.fileno()), *modules]
            self._process = subprocess.Popen(command, pass_fds=[its.fileno()])

    def run(self, script: str) -> int:
        """Run a Python file to its end: its exit code, or minus the signal that ended it.

        Raises
        ------
        OSError
            If the server is no more.
        """
        mine, its = socket.socketpair()
        with mine:
            with its:
                socket.send_fds(self._line, [os.fsencode(script)], [its.fileno()])
            return int(mine.recv(16) or -signal.SIGKILL)  # no word: the server was killed

    def close(self) -> None:
        """End it, and wait for that: then its processor time and that of the copies count as of who began it."""
        self._line.close()
        self._process.wait()


def serve(line: socket.socket, modules: list[str]) -> str:
    """Load the modules and fork for each script that is asked for: its name, in the copy; the server never returns."""
    copies: dict[int, tuple[int, int]] = {}  # a pipe that ends with the copy: its process, and who waits for it
    left = modules[::-1]
    while True:
        for ready in select.select([line.fileno(), *copies], [], [], 0 if left else None)[0]:
            if ready == line.fileno():
                script, given, *_ = socket.recv_fds(line, 4096, 1)
                if not script:  # Snakemake's process has ended
                    os._exit(0)
                ends, kept = os.pipe()
                gc.freeze()  # what is loaded stays where it is, and is not copied
                if (process := os.fork()) == 0:
                    line.close()
                    for file in (ends, *given, *copies, *(waits for _, waits in copies.values())):
                        os.close(file)
                    return os.fsdecode(script)
                os.close(kept)
                copies[ends] = process, given[0]
            else:
                process, waits = copies.pop(ready)
                code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
                with contextlib.suppress(OSError):  # who waited has been killed
                    os.write(waits, str(code).encode())
                os.close(waits)
                os.close(ready)
        if left:
            with contextlib.suppress(Exception):
                import_module(left.pop())


def run(script: str) -> int:
    """Run a Python file as its own process would, up to what it wants done at its end: its exit code."""
    sys.argv = [script]
    code = 0
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        code = 1
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for Snakemake and the scripts
    script = serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os._exit(run(script))  # at once: to take all libraries apart takes long
