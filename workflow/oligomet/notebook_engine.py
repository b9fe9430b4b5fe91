"""Where papermill executes a notebook for the workflow: in this very process, in which the libraries are loaded once.

A kernel is a process that starts, imports the same libraries again and is spoken to through sockets; for the notebooks
of a run that was a third of their time. A test holds what cells show here to what they show in a kernel.
"""

from __future__ import annotations

import tempfile

import pandas as pd
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat.v4 import new_output
from papermill.engines import Engine, papermill_engines
from traitlets import Type
from traitlets.config import Config

NAME = "in-process"
SETTINGS = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})


class _Values(DisplayHook):
    """Puts the value of a cell behind what the cell displayed, instead of printing it."""

    def write_output_prompt(self) -> None:
        pass

    shell: InteractiveShell

    def write_format_data(self, format_dict, md_dict=None) -> None:
        self.shell.display_pub.outputs.append({"data": format_dict, "metadata": md_dict or {}})


class _Shell(InteractiveShell):
    """IPython that keeps what cells show and raise."""

    display_pub_class = Type(CapturingDisplayPublisher)
    displayhook_class = Type(_Values)

    def _showtraceback(self, etype, evalue, stb) -> None:
        self.raised = new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb)


class InProcess(Engine):
    """Cells run in a namespace of their own; nothing is read from the user's settings or left there."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **options) -> None:
        """Execute the cells of papermill's notebook up to the first that raises."""
        written_to, nb_man.output_path = nb_man.output_path, None  # when all is done, not before and after each cell
        _Shell.clear_instance()
        with (
            tempfile.TemporaryDirectory(prefix="oligomet-") as scratch,
            pd.option_context("display.max_columns", 20),  # as in a kernel; pandas takes this process for a terminal
        ):
            shell = _Shell.instance(config=SETTINGS, ipython_dir=scratch)
            try:
                for index, cell in enumerate(nb_man.nb.cells):
                    if cell.cell_type != "code":
                        continue
                    nb_man.cell_start(cell, index)
                    _run(shell, cell)
                    if shell.raised:
                        nb_man.cell_exception(cell, index)
                        break
                    nb_man.cell_complete(cell, index)
            finally:
                nb_man.output_path = written_to
                _Shell.clear_instance()


def _run(shell: _Shell, cell) -> None:
    """Run one cell, and give it what it printed, what it showed and what it raised."""
    shell.raised, shell.display_pub.outputs = None, []
    with capture_output(display=False) as printed:
        cell.execution_count = shell.run_cell(cell.source, store_history=True).execution_count
    streams = {"stdout": printed.stdout, "stderr": printed.stderr}
    cell.outputs = [new_output("stream", name=name, text=text) for name, text in streams.items() if text]
    for shown in shell.display_pub.outputs:
        about = {"data": shown["data"], "metadata": shown["metadata"] or {}}
        if "update" in shown:  # displayed on the way, and not the value of the cell
            cell.outputs.append(new_output("display_data", **about))
        else:
            cell.outputs.append(new_output("execute_result", execution_count=cell.execution_count, **about))
    cell.outputs += [shell.raised] if shell.raised else []


papermill_engines.register(NAME, InProcess)
