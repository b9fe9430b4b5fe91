"""Executed copies of the notebooks, and pages for their readers: the same bytes whenever and wherever they are made."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

PACKAGES = Path(__file__).parents[1]  # the folder from which a kernel imports oligomet
OPTION = re.compile(r"^#\| *label: *(\S+) *$", re.MULTILINE)


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

    for file in (notebook, page, log):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
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
    scrub(executed, parameters)
    if notice:
        executed.metadata["description"] = notice
    Path(notebook).write_text(nbformat.writes(executed) + "\n", encoding="utf-8")
    Path(page).write_text(render_page(executed, notice), encoding="utf-8")


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


def scrub(notebook, parameters: dict[str, Any]) -> None:
    """Take out of an executed notebook what depends on when and where it ran, and complete its labels and captions.

    A label may name a parameter, `#| label: fig-survival-{endpoint}`; a display brings its caption. Both are written
    into the copy as Quarto's cell options, so that the paper can embed and number what a cell shows.
    """
    here = str(Path.cwd())
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
        if cell.cell_type == "code":
            _complete_options(cell, parameters)
            for output in cell.outputs:
                for kind, text in output.get("data", {}).items():
                    output["data"][kind] = text.replace(here + os.sep, "").replace(here, ".")


def _complete_options(cell, parameters: dict[str, Any]) -> None:
    found = OPTION.search(cell.source)
    if not found:
        return
    label = found[1].format(**parameters)
    caption = next((one.metadata["caption"] for one in cell.outputs if one.get("metadata", {}).get("caption")), None)
    options = [f"#| label: {label}"]
    if caption:
        options.append(f'#| {label[:3]}-cap: "{caption}"'.replace("\\", ""))
    cell.source = cell.source.replace(found[0], "\n".join(options))
    cell.metadata["label"] = label
