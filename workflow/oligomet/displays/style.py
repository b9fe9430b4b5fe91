"""How every figure looks and how it is saved: theme, sizes for print, colours that survive greyscale, three formats.

Figures are made without pyplot's state: nothing global is left behind. seaborn takes half a second to import, and is
imported where something is drawn.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from functools import wraps
from io import BytesIO
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

MM = 1 / 25.4  # a millimetre in inches
TEXT, HEADING = 7, 7.5  # points; no text is smaller in print
SINGLE, MIDDLE, DOUBLE = 85, 120, 180  # widths of journals' columns in mm
FOOTER = 8  # mm at the bottom of every figure: two lines
LINE = 3  # mm from one line of text to the next

# The first three stay apart under each kind of colour-blindness, farther than those of seaborn's own palette for it
# (tritanopia), and the first from the others in greyscale; the line styles say it a second time.
COLOURS = ("#0b3c6f", "#d9720b", "#2a9d8f", "#a3a3a3", "#cc78bc", "#000000")
LINES = ("-", (0, (5, 1.6)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (9, 2)), (0, (3, 1, 1, 1, 1, 1)))
RESPONSE_COLOURS = {"CR": "#0b3c6f", "PR": "#6baed6", "SD": "#dadada", "PD": "#c4560a", "NE": "#f0e6c8"}
INK, GREY = "#262626", "#6b6b6b"  # INK is that of seaborn's themes
FONT = "DejaVu Sans"  # ships with matplotlib: the same letters everywhere

P = ParamSpec("P")
Drawn = TypeVar("Drawn")

STYLE: Any = {  # beside seaborn's theme
    "font.size": TEXT,
    "axes.titlesize": HEADING,
    "axes.labelsize": TEXT,
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "legend.fontsize": TEXT,
    "legend.frameon": False,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "savefig.dpi": 300,
    "svg.fonttype": "path",
    "svg.hashsalt": "oligomet",  # the same ids in every run
    "pdf.fonttype": 42,  # letters stay letters, embedded
}


class Sheet(Figure):
    """An empty figure of `width` x `height` mm that knows its title and says at its foot what its data are.

    `legend` goes on from the title in the caption. `note` explains the marks in the figure itself; its last line stands
    left of, or where there is no room above, the word that the data are synthetic. A figure that shows nothing
    `of_cohort`, but what others published, does not carry that word.

    Attributes
    ----------
    about
        title, caption, subject, and a notice where the data are synthetic.
    """

    def __init__(
        self, width: float, height: float, study, title: str, legend: str = "", note: str = "", of_cohort: bool = True
    ):
        super().__init__(figsize=(width * MM, height * MM))
        FigureCanvasAgg(self)  # measures text
        said = study.synthetic if of_cohort else None
        short = said.short if said else ""
        lines = wrapped(note, width - 3)
        beside = text_width(lines[-1:]) + text_width([short]) + 6 < width
        for above, line in enumerate(reversed(lines), 0 if beside else 1):
            self.write(1.5, 1.5 + above * LINE, line, color=GREY, va="bottom")
        self.write(width - 1.5, 1.5, short, ha="right", style="italic", color=GREY, va="bottom")
        self.about = {
            "title": title,
            "caption": f"{title}. {legend}".strip(),
            "subject": f"{study.title}: {title}",
            "notice": said.notice if said else "",
        }

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in mm."""
        width, height = self.get_size_inches() / MM
        return width, height

    def axes_at(self, left: float, bottom: float, width: float, height: float, **kwargs) -> Axes:
        """Axes at a place given in mm from the lower left corner."""
        w, h = self.size
        return self.add_axes((left / w, bottom / h, width / w, height / h), **kwargs)

    def write(self, left: float, up: float, text: str, **style) -> None:
        """Words at a place given in mm from the lower left corner."""
        self.text(left / self.size[0], up / self.size[1], text, **style)

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        """As Jupyter shows it, the same as its files."""
        svg, png = figure_bytes(self, "svg").decode(), b64encode(figure_bytes(self, "png")).decode()
        caption = self.about["caption"]
        return {"image/svg+xml": svg, "image/png": png, "text/plain": caption}, {"caption": caption}


def styled(build: Callable[P, Drawn]) -> Callable[P, Drawn]:
    """A figure function that draws under seaborn's theme and `STYLE` and leaves the caller's settings alone."""

    @wraps(build)
    def in_style(*args: P.args, **kwargs: P.kwargs) -> Drawn:
        import seaborn

        with matplotlib.rc_context():
            seaborn.set_theme("paper", "ticks", COLOURS, FONT, rc=STYLE)
            return build(*args, **kwargs)

    return in_style


def readable(colour: str) -> str:
    """The colour as dark as words need it on white: a contrast of at least 4.5 to 1 (WCAG 2)."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    while 1.05 / (linear @ (0.2126, 0.7152, 0.0722) + 0.05) < 4.5:
        rgb, linear = rgb * 0.95, linear * 0.95**2.4
    return to_hex((rgb[0], rgb[1], rgb[2]))


def lettered(letter: str, title: str = "") -> str:
    """The title of a panel behind its letter in bold; without a letter, the title."""
    return f"$\\bf{{{letter}}}$  {title}".rstrip() if letter else title


def text_width(texts: list[str], size: float = TEXT) -> float:
    """Width in mm of the longest of `texts` at `size` points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(family=FONT, size=size)
    points = [TextPath((0, 0), text, prop=font).get_extents().width for text in texts if text]
    return max(points, default=0) / 72 / MM


def wrapped(text: str, width: float) -> list[str]:
    """`text` in lines of at most `width` mm, broken between words."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width([longer]) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def save_figure(figure: Sheet, stem: str | Path) -> None:
    """Write `stem`.svg, .png and .pdf; the same figure always gives the same bytes, which say if it is synthetic."""
    stem = Path(stem)
    stem.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("svg", "png", "pdf"):
        stem.with_suffix(f".{suffix}").write_bytes(figure_bytes(figure, suffix))


def figure_bytes(figure: Sheet, suffix: str) -> bytes:
    """The figure as the content of a file: svg, png or pdf."""
    content = BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(content, format=suffix, metadata=_metadata(figure.about)[suffix])
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
