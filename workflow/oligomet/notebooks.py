"""Executed copies of the notebooks, and pages for their readers: the same bytes whenever and wherever they are made."""

from __future__ import annotations

import os
import sys
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

PACKAGES = Path(__file__).parents[1]  # the folder from which a kernel imports oligomet
LABEL = "#| label: "


class NotebookError(ValueError):
    """A notebook that stopped: which, in which cell, and what Python said."""


def execute(
    source: str | Path,
    notebook: str | Path,
    page: str | Path,
    parameters: dict[str, Any],
    log: str | Path,
    notice: str = "",
) -> None:
    """Execute `source` with `parameters` in the working directory; write the executed copy and its page.

    Parameters
    ----------
    source
        The notebook, with a cell tagged `parameters`.
    notebook, page
        Where the executed copy (.ipynb) and the page for readers (.html) go.
    parameters
        Values for that cell. Paths in it should be relative: they are shown.
    log
        Where the notebook is written while it runs; it stays there if it fails.
    notice
        What the copies say about their data in their metadata, e.g. that they are synthetic.

    Raises
    ------
    NotebookError
        If a cell raises.
    """
    import nbformat
    import papermill

    from oligomet.notebook_page import render_page

    with tempfile.TemporaryDirectory(prefix="oligomet-") as scratch:
        try:
            executed = papermill.execute_notebook(
                source,
                log,
                parameters,
                progress_bar=False,
                kernel_name="python3",
                kernel_manager_class=_kernel_manager(Path(scratch)),
                shutdown_kernel="immediate",
            )
        except papermill.PapermillExecutionError as error:
            raise NotebookError(
                f"{source}: cell {error.cell_index + 1} stopped: {error.ename}: {error.evalue}\n"
                f"The notebook as far as it went is {log}."
            ) from None
    scrub(executed)
    if notice:
        executed.metadata["description"] = notice
    for file, content in ((notebook, nbformat.writes(executed) + "\n"), (page, render_page(executed, notice))):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(content, encoding="utf-8")


def _kernel_manager(scratch: Path) -> type:
    """Kernels of this very interpreter, that see this package and leave nothing outside of `scratch`.

    No installed kernelspec is asked for, none of the user's IPython settings are loaded, and a kernel is reached
    through files rather than ports, for which notebooks that start together would compete.
    """
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    path = os.pathsep.join([str(PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])])
    spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"],
        env={"PYTHONPATH": path, "IPYTHONDIR": str(scratch)},
        display_name="Python 3 (ipykernel)",
        language="python",
        name="python3",
    )

    class ThisInterpreter(AsyncKernelManager):
        kernel_spec = spec

        def __init__(self, **options):
            place = {"connection_file": str(scratch / "kernel.json"), "transport": "ipc", "ip": str(scratch / "kernel")}
            super().__init__(**{**options, **place})

    return ThisInterpreter


def scrub(notebook) -> None:
    """Take out of an executed notebook what depends on when and where it ran, and give each declared display its cell.

    A figure or table of study.yaml brings its label, fig-figure1 or tbl-table1. It is written into the copy as Quarto's
    cell option, so that the paper can embed it; a cell that shows several becomes as many cells.
    """
    here = str(Path.cwd())
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    cells = []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
        for output in cell.get("outputs", []):
            for kind, text in output.get("data", {}).items():
                output["data"][kind] = text.replace(here + os.sep, "").replace(here, ".")
        cells += _cells_of(cell)
    notebook.cells = cells


def _cells_of(cell) -> list:
    """The cell, with the label that its display brings; as many cells as there are such displays."""
    labels = [output.get("metadata", {}).get("label") for output in cell.get("outputs", [])]
    if not any(labels):
        return [cell]
    code = [line for line in cell.source.split("\n") if not line.startswith(LABEL)]
    cells = []
    for place, (label, output) in enumerate(zip(labels, cell.outputs, strict=True)):
        part = deepcopy(cell)
        part.id = f"{cell.id}-{place + 1}" if place else cell.id
        part.source = "\n".join([LABEL + label, *code])
        part.outputs = [output]
        cells.append(part)
        code = []
    return cells
