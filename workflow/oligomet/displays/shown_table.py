"""A table as it is shown: as a file in HTML, and as a markdown table for notebooks and the paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from oligomet.displays.formats import Withheld

INDENT = "\u2003"  # an em space


class Column(NamedTuple):
    """A column of a table: its heading, what its cell is of a line, and the heading over it and its neighbours.

    One without a heading stands in the file only, or is the heading of the rows that share it. One of `words` is set
    flush left, as the first is.
    """

    heading: str
    cell: Callable[..., Any]
    over: str = ""
    words: bool = False


@dataclass(frozen=True)
class ShownTable:
    """A table and what stands around it.

    Attributes
    ----------
    frame
        What the CSV file holds: one row a row, counts as numbers, estimates as they are printed.
    title
        Without its number.
    columns
        Those of `frame`.
    notes
        What a reader must know: unit, methods, what is missing, that the data are synthetic.
    group
        The column that is shown as a heading of the rows that share it, instead of in each row; it may be empty.
    parts
        Places of the rows that are a part of the row above them, and stand further in.
    """

    frame: pd.DataFrame
    title: str
    columns: dict[str, Column]
    notes: list[str]
    group: str | None = None
    parts: tuple[int, ...] = ()

    @property
    def headings(self) -> dict[str, str]:
        """Of the columns that are shown, in order."""
        return {name: column.heading for name, column in self.columns.items() if column.heading}

    @property
    def words(self) -> list[str]:
        """The columns set flush left."""
        return [name for name, column in self.columns.items() if column.words or name == next(iter(self.headings))]

    @property
    def shown(self) -> pd.DataFrame:
        """The cells as text; empty where there is nothing to say."""
        shown = self.frame[list(self.headings)].astype("string").fillna("").reset_index(drop=True)
        shown.loc[list(self.parts), next(iter(self.headings))] = INDENT + shown.iloc[list(self.parts), 0]
        return shown

    def _ipython_display_(self) -> None:
        """As Jupyter shows it, with the title as caption; nothing where there is no row."""
        from IPython.display import display  # late: only who shows something needs it

        if not self.frame.empty:
            shown = {"text/markdown": to_markdown(self), "text/plain": self.title}
            display(shown, raw=True, metadata={"caption": self.title})


def lay_out(
    title: str,
    lines: Iterable,
    columns: dict[str, Column],
    notes: list[str],
    group: str | None = None,
    is_part: Callable[[Any], bool] = lambda line: False,
) -> ShownTable:
    """A table of a row a line, of which some are parts of the row above."""
    lines = list(lines)
    frame = pd.DataFrame({name: [_as_shown(column.cell(line)) for line in lines] for name, column in columns.items()})
    parts = tuple(place for place, line in enumerate(lines) if is_part(line))
    return ShownTable(
        frame.convert_dtypes(), title, columns, notes, group, parts
    )  # counts stay whole beside empty cells


def _as_shown(cell: Any) -> Any:
    return str(cell) if isinstance(cell, Withheld) else cell


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
    rule = [
        f":{'-' * width}" if column in table.words else f"{'-' * width}:"
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
    over = table.columns[column].over
    first = next(name for name, one in table.columns.items() if one.over == over)
    return _escaped(f"{over * (column == first)} {table.headings[column]}".strip())


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
    for over in dict.fromkeys(column.over for column in table.columns.values() if column.over):
        gt = gt.tab_spanner(over, [name for name, column in table.columns.items() if column.over == over])
    others = [column for column in table.headings if column != first]
    gt = gt.cols_label({column: table.headings[column] for column in others}).tab_stubhead(table.headings[first])
    gt = gt.cols_align("left", [column for column in others if column in table.words])
    gt = gt.cols_align("right", [column for column in others if column not in table.words])
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
