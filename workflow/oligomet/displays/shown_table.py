"""A table as it is shown: as a file in HTML, and as a markdown table for notebooks and the paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

INDENT = "\u2003"  # an em space


@dataclass(frozen=True)
class ShownTable:
    """A table and what stands around it.

    Attributes
    ----------
    frame
        What the CSV file holds: one row a row, counts as numbers, estimates as they are printed.
    title
        Without its number.
    headings
        The columns that are shown, in order, with their headings.
    group
        The column that is shown as a heading of the rows that share it, instead of in each row; it may be empty.
    parts
        Places of the rows that are a part of the row above them, and stand further in.
    spanners
        Headings over several columns.
    notes
        What a reader must know: unit, methods, what is missing, that the data are synthetic.
    words
        The columns that hold words and are set flush left; the first always is.
    """

    frame: pd.DataFrame
    title: str
    headings: dict[str, str]
    group: str | None = None
    parts: tuple[int, ...] = ()
    spanners: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    words: tuple[str, ...] = ()

    @property
    def shown(self) -> pd.DataFrame:
        """The cells as text; empty where there is nothing to say."""
        shown = self.frame[list(self.headings)].astype("string").fillna("").reset_index(drop=True)
        shown.loc[list(self.parts), next(iter(self.headings))] = INDENT + shown.iloc[list(self.parts), 0]
        return shown

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        """As Jupyter shows it; the title is the caption."""
        return {"text/markdown": to_markdown(self), "text/plain": self.title}, {"caption": self.title}


class Column(NamedTuple):
    """A column of a table: its heading, what its cell is of a line, and the heading over it and its neighbours.

    One without a heading stands in the file only, or is the heading of the rows that share it.
    """

    heading: str
    cell: Callable[[Any], Any]
    over: str = ""
    words: bool = False


def lay_out(
    title: str, lines: Iterable, columns: dict[str, Column], notes: list[str], group: str | None = None
) -> ShownTable:
    """A table of a row a line. `group` is the column that is shown as a heading of the rows that share it."""
    lines = list(lines)
    frame = pd.DataFrame({name: [column.cell(line) for line in lines] for name, column in columns.items()})
    spanners: dict[str, list[str]] = {}
    for name, column in columns.items():
        if column.over:
            spanners.setdefault(column.over, []).append(name)
    return ShownTable(
        frame.convert_dtypes(),  # counts stay whole where some are missing
        title,
        {name: column.heading for name, column in columns.items() if column.heading},
        group,
        spanners=spanners,
        notes=notes,
        words=tuple(name for name, column in columns.items() if column.words),
    )


def to_markdown(table: ShownTable) -> str:
    """A pipe table that pandoc, Quarto and Jupyter read; groups as bold rows, notes as the last paragraph."""
    headings = [_markdown_heading(table, column) for column in table.headings]
    body = []
    groups = table.frame[table.group] if table.group else [""] * len(table.frame)
    last = ""
    for group, cells in zip(groups, table.shown.itertuples(index=False), strict=True):
        if group != last:
            body.append([f"**{_escaped(group)}**", *[""] * (len(headings) - 1)])
            last = group
        first, *others = map(_escaped, cells)
        body.append([f"&emsp;{first}" if group else first, *others])
    widths = [_width(headings[at], [row[at] for row in body]) for at in range(len(headings))]
    words = {next(iter(table.headings)), *table.words}
    rule = [
        f":{'-' * width}" if column in words else f"{'-' * width}:"
        for column, width in zip(table.headings, widths, strict=True)
    ]
    lines = [f"| {' | '.join(row)} |" for row in (headings, rule, *body)]
    return "\n".join(lines) + "".join(f"\n\n{note}" for note in [" ".join(map(_escaped, table.notes))] if note)


def _width(heading: str, cells: list[str]) -> int:
    """A column's share of the table, from which pandoc takes its width where a row is too long for a line.

    Headings break between words; so do long cells, and the names of groups.
    """
    words = [len(word) for word in heading.split()]
    return 3 + max([*words, *(min(len(cell.replace("&emsp;", "  ")), 26) for cell in cells if cell[:2] != "**")])


def _markdown_heading(table: ShownTable, column: str) -> str:
    over = next((spanner for spanner, columns in table.spanners.items() if column == columns[0]), "")
    return _escaped(f"{over} {table.headings[column]}".strip())


def _escaped(text: str) -> str:
    for sign in ("\\", "|", "*", "_", "$", "^", "~", "`", "["):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("<", "&lt;").replace(INDENT, "&emsp;")  # a parser may strip the space itself


def render_html(table: ShownTable, number: str = "") -> str:
    """A page with the table alone, complete in itself, for reading offline and for pasting into a document."""
    from great_tables import GT, loc, style  # late: it takes half a second to import

    shown = table.shown
    first = next(iter(table.headings))
    if table.group:
        shown = shown.assign(**{table.group: table.frame[table.group].array, first: INDENT + shown[first]})
    gt = GT(shown, rowname_col=first, groupname_col=table.group, id="table")
    gt = gt.tab_header(title=f"Table {number}. {table.title}" if number else table.title)
    for spanner, columns in table.spanners.items():
        gt = gt.tab_spanner(label=spanner, columns=columns)
    words = [column for column in table.headings if column in table.words]
    numbers = [column for column in table.headings if column not in (first, *words)]
    gt = gt.cols_label({column: heading for column, heading in table.headings.items() if column != first})
    gt = gt.tab_stubhead(label=table.headings[first])
    gt = gt.cols_align("left", words).cols_align("right", numbers)
    for note in table.notes:
        gt = gt.tab_source_note(note)
    gt = gt.tab_style(style.text(weight="bold"), [loc.column_labels(), loc.stubhead(), loc.row_groups()])
    gt = gt.tab_options(
        table_font_names=["Helvetica", "Arial", "sans-serif"],
        table_font_size="13px",
        table_border_top_style="none",
        table_border_bottom_style="none",
        heading_align="left",
        heading_title_font_size="15px",
        heading_border_bottom_color="#1a1a1a",
        column_labels_border_top_style="none",
        column_labels_border_bottom_color="#1a1a1a",
        row_group_border_top_style="none",
        row_group_border_bottom_style="none",
        stub_border_style="none",
        table_body_hlines_style="none",
        table_body_border_bottom_color="#1a1a1a",
        data_row_padding="2px",
        row_group_padding="5px",
        source_notes_font_size="11px",
    )
    page = gt.as_raw_html(make_page=True)
    return page.replace("<html", '<html lang="en"', 1).replace("</head>", f"<title>{table.title}</title></head>", 1)
