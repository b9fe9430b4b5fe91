"""Where papermill executes a notebook for the workflow: in this very process, in which the libraries are loaded once.

A kernel is a process that starts, imports the same libraries again and is spoken to through sockets; for the notebooks
of a run that is half of their time. A test holds what cells show here to what they show in a kernel.
"""

from __future__ import annotations

import tempfile

import pandas as pd
from IPython.core.displayhook import CapturingDisplayHook
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat.v4 import new_output
from papermill.engines import Engine, papermill_engines
from traitlets.config import Config

NAME = "in-process"
SETTINGS = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})


class InProcess(Engine):
    """Cells run in a namespace of their own; nothing is read from the user's settings or left there."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **options) -> None:
        """Execute the cells of papermill's notebook up to the first that raises."""
        InteractiveShell.clear_instance()
        with (
            tempfile.TemporaryDirectory(prefix="oligomet-") as scratch,
            pd.option_context("display.max_columns", 20),  # as in a kernel; pandas takes this process for a terminal
        ):
            shell = InteractiveShell.instance(config=SETTINGS, ipython_dir=scratch)
            try:
                for index, cell in enumerate(nb_man.nb.cells):
                    if cell.cell_type != "code":
                        continue
                    nb_man.cell_start(cell, index)
                    failed = _run(shell, cell)
                    if failed:
                        nb_man.cell_exception(cell, index)
                        break
                    nb_man.cell_complete(cell, index)
            finally:
                InteractiveShell.clear_instance()


def _run(shell: InteractiveShell, cell) -> bool:
    """Run one cell, and give it what it printed and showed; whether it raised."""
    shell.display_pub = CapturingDisplayPublisher()
    shell.display_trap.hook = CapturingDisplayHook(shell, shell.display_pub.outputs)
    with capture_output(display=False) as printed:
        result = shell.run_cell(cell.source)
    cell.execution_count = result.execution_count
    cell.outputs = [
        *(
            new_output("stream", name=name, text=text)
            for name, text in (("stdout", printed.stdout), ("stderr", printed.stderr))
            if text
        ),
        *(
            new_output("display_data", data=shown["data"], metadata=shown["metadata"] or {})
            if "update" in shown  # published, not the value of the cell
            else new_output("execute_result", execution_count=cell.execution_count, **shown)
            for shown in shell.display_pub.outputs
        ),
    ]
    error = result.error_before_exec or result.error_in_exec
    if error:
        cell.outputs.append(
            new_output("error", ename=type(error).__name__, evalue=str(error), traceback=[printed.stdout])
        )
    return bool(error)


papermill_engines.register(NAME, InProcess)
