"""How every figure looks and how it is saved: sizes for print, colours that survive greyscale, footer, three formats.

Figures are made without pyplot: nothing global is left behind, and it would take a second to import.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

MM = 1 / 25.4  # a millimetre in inches
SINGLE, MIDDLE, DOUBLE = 85, 120, 180  # widths of journals' columns in mm
FOOTER = 8  # mm at the bottom of every figure

# Dark to light, so that the order survives greyscale; the line styles say it a second time.
COLOURS = ("#0b3c6f", "#d9720b", "#2a9d8f", "#a3a3a3", "#7b3294", "#000000")
LINES = ("-", (0, (5, 1.6)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (9, 2)), (0, (3, 1, 1, 1, 1, 1)))
RESPONSE_COLOURS = {"CR": "#0b3c6f", "PR": "#6baed6", "SD": "#dadada", "PD": "#c4560a", "NE": "#ffffff"}
INK, GREY = "#1a1a1a", "#6b6b6b"

STYLE = {
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same letters everywhere
    "font.size": 7,
    "axes.titlesize": 7.5,
    "axes.labelsize": 7,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.2,
    "figure.dpi": 100,
    "savefig.dpi": 300,
    "svg.fonttype": "path",
    "svg.hashsalt": "oligomet",  # the same ids in every run
    "pdf.fonttype": 42,  # letters stay letters, embedded
}


def styled(build: Callable[..., Figure]) -> Callable[..., Figure]:
    """A figure function that draws under `STYLE` and leaves the caller's settings alone."""

    @wraps(build)
    def in_style(*args, **kwargs) -> Figure:
        with matplotlib.rc_context(STYLE):
            return build(*args, **kwargs)

    return in_style


def sheet(
    width: float, height: float, study, title: str, legend: str = "", note: str = "", of_cohort: bool = True
) -> Figure:
    """An empty figure of `width` x `height` mm that knows its title and says at its foot what its data are.

    `legend` goes on from the title in the caption. `note` explains the marks in the figure itself; it stands left of,
    or where there is no room above, the word that the data are synthetic. A figure that shows nothing `of_cohort`, but
    what others published, does not carry that word.
    """
    said = study.synthetic if of_cohort else None
    figure = Figure(figsize=(width * MM, height * MM))
    FigureCanvasAgg(figure)  # measures text
    at, short = {"size": 5.5, "color": GREY, "va": "bottom"}, said.short if said else ""
    beside = text_width([note], 5.5) + text_width([short], 5.5) + 6 < width
    figure.text(1.5 / width, (1.5 if beside else 4.2) / height, note, **at)
    figure.text(1 - 1.5 / width, 1.5 / height, short, ha="right", style="italic", **at)
    figure.metadata = {
        "title": title,
        "caption": f"{title}. {legend}".strip(),
        "subject": f"{study.title}: {title}",
        "notice": said.notice if said else "",
    }
    return figure


def axes_at(figure: Figure, left: float, bottom: float, width: float, height: float, **kwargs) -> Axes:
    """Axes at a place given in mm from the lower left corner of the figure."""
    w, h = (size / MM for size in figure.get_size_inches())
    return figure.add_axes((left / w, bottom / h, width / w, height / h), **kwargs)


def text_width(texts: list[str], size: float = 6.5) -> float:
    """Width in mm of the longest of `texts` at `size` points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(family=STYLE["font.family"], size=size)
    points = [TextPath((0, 0), text, prop=font).get_extents().width for text in texts if text]
    return max(points, default=0) / 72 / MM


def save_figure(figure: Figure, stem: str | Path) -> None:
    """Write `stem`.svg, .png and .pdf; the same figure always gives the same bytes, which say if it is synthetic."""
    stem = Path(stem)
    stem.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("svg", "png", "pdf"):
        stem.with_suffix(f".{suffix}").write_bytes(figure_bytes(figure, suffix))


def figure_bytes(figure: Figure, suffix: str) -> bytes:
    """The figure as the content of a file: svg, png or pdf."""
    content = BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(content, format=suffix, metadata=_metadata(figure.metadata)[suffix])
    return content.getvalue()


def _metadata(about: dict[str, str]) -> dict[str, dict]:
    """What each format says of itself; a date or a version would differ between two runs."""
    title, subject, said = about["title"], about["subject"], about["notice"]
    keywords = "synthetic data" if said else None
    return {
        "svg": {"Title": title, "Description": f"{subject}. {said}".strip(), "Keywords": keywords, "Date": None},
        "png": {"Title": title, "Description": f"{subject}. {said}".strip(), "Comment": keywords, "Software": None},
        "pdf": {"Title": title, "Subject": f"{subject}. {said}".strip(), "Keywords": keywords, "CreationDate": None},
    }
