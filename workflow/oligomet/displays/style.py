"""How every figure looks and how it is saved: theme, sizes for print, colours that survive greyscale, formats.

Widths, letters and formats are those of the journal that figures are `drawn_for`. Figures are made without pyplot's
state: nothing global is left behind. seaborn takes half a second to import, and is imported where something is drawn.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from io import BytesIO
from pathlib import Path
from string import ascii_uppercase
from typing import Any, ParamSpec, TypeVar

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from oligomet.book import Entry
from oligomet.declarations import ConfigurationError
from oligomet.displays.words import Words
from oligomet.journal import Columns, FigureStyle

# Figures are laid out in millimetres for words of 7 points. Where a journal wants them larger, the layout grows with
# its words, in the same width of the page.
MM = 1 / 25.4  # a millimetre in inches
TEXT, HEADING = 7, 7.5  # points
FOOTER = 8  # mm at the bottom of every figure: two lines
LINE = 3  # mm from one line of text to the next

# The first three stay apart under each kind of colour-blindness, farther than those of seaborn's own palette for it
# (tritanopia), and the first from the others in greyscale; the line styles say it a second time.
COLOURS = ("#0b3c6f", "#d9720b", "#2a9d8f", "#a3a3a3", "#cc78bc", "#000000")
LINES = ("-", (0, (5, 1.6)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (9, 2)), (0, (3, 1, 1, 1, 1, 1)))
RESPONSE_COLOURS = {"CR": "#0b3c6f", "PR": "#6baed6", "SD": "#dadada", "PD": "#c4560a", "NE": "#f0e6c8"}
INK, GREY = "#262626", "#6b6b6b"  # INK is that of seaborn's themes

P = ParamSpec("P")
Drawn = TypeVar("Drawn")

STYLE: Any = {  # beside seaborn's theme
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
    "ps.fonttype": 3,  # whole fonts would take seconds a figure
}
WORDS = (
    "font.size",
    "axes.labelsize",
    "xtick.labelsize",
    "ytick.labelsize",
    "legend.fontsize",
    "legend.title_fontsize",
)

_journal = [FigureStyle()]  # the last is the one that figures are made for; the first, for who works by hand


def draw_for(wanted: FigureStyle) -> None:
    """Figures are made as a journal wants them, from now on: where somebody works by hand."""
    _journal[0] = wanted


@contextmanager
def drawn_for(wanted: FigureStyle) -> Iterator[None]:
    """Figures made and saved in here are as a journal wants them.

    Raises
    ------
    ConfigurationError
        If its letters are not on this machine.
    """
    from matplotlib.font_manager import fontManager

    if wanted.font not in (known := fontManager.get_font_names()):
        raise ConfigurationError(
            f"journal.yml: figures.font: {wanted.font} is not installed on this machine; expected one of "
            f"{', '.join(sorted(known))}"
        )
    _journal.append(wanted)
    try:
        yield
    finally:
        _journal.pop()


def width_of(columns: Columns) -> float:
    """The width of a figure in mm of the layout."""
    return getattr(_journal[-1].widths_mm, columns) * TEXT / _journal[-1].size_pt


def letter(place: int) -> str:
    """Of a panel, from 0 on: 'A', 'a', '(A)' or '(a)', as the journal has it."""
    style, found = _journal[-1].letters, ascii_uppercase[place]
    return style.replace("A", found).replace("a", found.lower())


class Sheet(Figure):
    """An empty figure of `height` mm that knows its title and says at its foot what its data are.

    The last line of its note stands left of, or where there is no room above, the word that the data are synthetic. A
    figure that shows nothing `of_cohort`, but what others published, does not carry that word.

    Attributes
    ----------
    size
        Width and height in mm of the layout.
    about
        title, caption, subject, and a notice where the data are synthetic.
    """

    def __init__(self, columns: Columns, height: float, study, words: Words, of_cohort: bool = True):
        width = width_of(columns)
        unit = MM * _journal[-1].size_pt / TEXT
        super().__init__(figsize=(width * unit, height * unit))
        FigureCanvasAgg(self)  # measures text
        self.size = width, height
        said = study.synthetic if of_cohort else None
        short = said.short if said else ""
        lines = wrapped(words.note, width - 3)
        beside = text_width(lines[-1:]) + text_width([short]) + 6 < width
        for above, line in enumerate(reversed(lines), 0 if beside else 1):
            self.write(1.5, 1.5 + above * LINE, line, color=GREY, va="bottom")
        self.write(width - 1.5, 1.5, short, ha="right", style="italic", color=GREY, va="bottom")
        self.about = {
            "title": words.title,
            "caption": f"{words.title}. {words.legend}".strip(),
            "subject": f"{study.title}: {words.title}",
            "notice": said.notice if said else "",
        }

    def axes_at(self, left: float, bottom: float, width: float, height: float, **kwargs) -> Axes:
        """Axes at a place given in mm from the lower left corner."""
        w, h = self.size
        return self.add_axes((left / w, bottom / h, width / w, height / h), **kwargs)

    def write(self, left: float, up: float, text: str, **style) -> None:
        """Words at a place given in mm from the lower left corner."""
        self.text(left / self.size[0], up / self.size[1], text, **style)

    def write_title(self, left: float, up: float, place: int | None, title: str) -> None:
        """The title of the panel at a place from 0 on, behind its letter in bold; without a place, the title."""
        size = matplotlib.rcParams["axes.titlesize"]
        if place is not None:
            self.write(left, up, letter(place), size=size, weight="bold")
            left += text_width([letter(place)], HEADING, "bold") + 1.8
        self.write(left, up, title, size=size)

    def panel(
        self, place: int | None, title: str, left: float, bottom: float, width: float, height: float, aside: float = 0
    ) -> Axes:
        """Axes under their title, which begins `aside` mm to the left of them."""
        self.write_title(left - aside, bottom + height + 1.8, place, title)
        return self.axes_at(left, bottom, width, height)

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        """As Jupyter shows it, the same as its files; what a journal wants besides is there for the submission."""
        shown = {"image/svg+xml": figure_bytes(self, "svg").decode(), "text/plain": self.about["caption"]}
        shown["image/png"] = b64encode(figure_bytes(self, "png")).decode()
        if "eps" in _journal[-1].formats:
            shown["application/postscript"] = figure_bytes(self, "eps").decode("latin-1")
        return shown, {"caption": self.about["caption"]}


def styled(build: Callable[P, Drawn]) -> Callable[P, Drawn]:
    """A figure function that draws under seaborn's theme and `STYLE` and leaves the caller's settings alone."""

    @wraps(build)
    def in_style(*args: P.args, **kwargs: P.kwargs) -> Drawn:
        import seaborn

        wanted = _journal[-1]
        sizes = dict.fromkeys(WORDS, wanted.size_pt) | {"axes.titlesize": wanted.size_pt * HEADING / TEXT}
        with matplotlib.rc_context():
            seaborn.set_theme("paper", "ticks", COLOURS, wanted.font, rc=STYLE | sizes)
            return build(*args, **kwargs)

    return in_style


def in_percent(*axes: Axis, sign: str = "%") -> None:
    """Shares from 0 to 1 as per cent along these axes."""
    for one in axes:
        one.set_major_formatter(PercentFormatter(1, 0, symbol=sign))


def draw_interval(axes: Axes, y: float, one: Entry, colour: str, width: float = 0.9) -> None:
    """The limits of an estimate as a line; an arrow where it goes beyond the axis."""
    least, most = axes.get_xlim()
    ends = [min(max(limit, least), most) for limit in (one.conf_low, one.conf_high)]
    axes.hlines(y, *ends, color=colour, linewidth=width, zorder=2)
    for limit, end, arrow in zip((one.conf_low, one.conf_high), ends, "<>", strict=True):
        if limit != end:
            axes.plot(end, y, arrow, color=colour, markersize=2.5, clip_on=False)


def readable(colour: str) -> str:
    """The colour as dark as words need it on white: a contrast of at least 4.5 to 1 (WCAG 2)."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    while 1.05 / (linear @ (0.2126, 0.7152, 0.0722) + 0.05) < 4.5:
        rgb, linear = rgb * 0.95, linear * 0.95**2.4
    return to_hex((rgb[0], rgb[1], rgb[2]))


def text_width(texts: list[str], size: float = TEXT, weight: str = "normal") -> float:
    """Width in mm of the longest of `texts` at `size` points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=_journal[-1].font, size=size, weight=weight)
    points = [text_to_path.get_text_width_height_descent(text, font, ismath=False)[0] for text in texts]
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
    """The figure as the content of a file: svg, png, pdf or eps."""
    content = BytesIO()
    with matplotlib.rc_context(STYLE):
        if suffix == "eps":
            with _opaque(figure):
                figure.savefig(content, format="eps")
            return _described(content.getvalue(), figure.about)
        figure.savefig(content, format=suffix, metadata=_metadata(figure.about)[suffix])
    return content.getvalue()


@contextmanager
def _opaque(figure: Sheet) -> Iterator[None]:
    """In here, what can be seen through has the colour that it has on white: PostScript knows no other."""
    before = []
    for artist in figure.findobj(lambda one: one.get_alpha() not in (None, 1)):
        kinds = ("color",) if isinstance(artist, Line2D) else ("facecolor", "edgecolor")
        alpha = artist.get_alpha()
        colours = {kind: to_rgba_array(getattr(artist, f"get_{kind}")(), alpha) for kind in kinds}
        before.append((artist, alpha, colours))
        on_white = {kind: rgba[:, :3] * rgba[:, 3:] + 1 - rgba[:, 3:] for kind, rgba in colours.items()}
        artist.set(alpha=None, **{kind: rgb.squeeze() for kind, rgb in on_white.items()})
    yield
    for artist, alpha, colours in before:
        artist.set(**{kind: rgba.squeeze() for kind, rgba in colours.items()}, alpha=alpha)


def _described(eps: bytes, about: dict[str, str]) -> bytes:
    """With the title, and the notice that the data are synthetic, in place of the day on which it was made."""
    said = f"{about['title']}. {about['notice']}".encode("ascii", "replace")
    return re.sub(rb"%%CreationDate:[^\n]*", b"%%Title: " + said, eps, count=1)


def _metadata(about: dict[str, str]) -> dict[str, dict]:
    """What each format says of itself; a date or a version would differ between two runs."""
    title, subject, said = about["title"], about["subject"], about["notice"]
    keywords = "synthetic data" if said else None
    return {
        "svg": {"Title": title, "Description": f"{subject}. {said}".strip(), "Keywords": keywords, "Date": None},
        "png": {"Title": title, "Description": f"{subject}. {said}".strip(), "Comment": keywords, "Software": None},
        "pdf": {"Title": title, "Subject": f"{subject}. {said}".strip(), "Keywords": keywords, "CreationDate": None},
    }
