"""A table as it is shown: as a page of its own, in notebooks and in the paper, by great_tables each time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any, NamedTuple

import pandas as pd

from oligomet.displays.formats import Withheld
from oligomet.displays.words import Words, words_of

INDENT = "\u2003"  # an em space
CELL = re.compile(r"<t[hd]\b([^>]*)>(.*?)</t[hd]>", re.DOTALL)
PAGE_STYLE = {
    "table_font_names": ["Helvetica", "Arial", "sans-serif"],
    "table_font_size": "13px",
    "table_border_top_style": "none",
    "table_border_bottom_style": "none",
    "heading_align": "left",
    "heading_title_font_size": "15px",
    "heading_border_bottom_color": "#1a1a1a",
    "column_labels_border_top_style": "none",
    "column_labels_border_bottom_color": "#1a1a1a",
    "row_group_border_top_style": "none",
    "row_group_border_bottom_style": "none",
    "stub_border_style": "none",
    "table_body_hlines_style": "none",
    "table_body_border_bottom_color": "#1a1a1a",
    "data_row_padding": "2px",
    "row_group_padding": "5px",
    "source_notes_font_size": "11px",
}


class Column(NamedTuple):
    """A column of a table: its heading, what its cell is of a line, and the heading over it and its neighbours.

    One without a heading stands in the file only; if it is the first, it is the heading of the rows that share it. One
    of `words` is set flush left, as the first that is shown is.
    """

    heading: str
    cell: Callable[..., Any]
    over: str = ""
    words: bool = False


def columns_of(
    headings: dict[str, str], cell: Callable[[Any, str], Any], over: str = "", words: Iterable[str] = ()
) -> dict[str, Column]:
    """Columns that are made alike: `cell` is asked for a line and the column's name."""
    return {
        name: Column(heading, lambda line, name=name: cell(line, name), over, name in words)
        for name, heading in headings.items()
    }


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
    parts
        Places of the rows that are a part of the row above them, and stand further in.
    """

    frame: pd.DataFrame
    title: str
    columns: dict[str, Column]
    notes: list[str]
    parts: tuple[int, ...] = ()

    @property
    def headings(self) -> dict[str, str]:
        """Of the columns that are shown, in order."""
        return {name: column.heading for name, column in self.columns.items() if column.heading}

    @property
    def group(self) -> str | None:
        """The column that is shown as a heading of the rows that share it, instead of in each row."""
        first = next(iter(self.columns))
        return None if self.columns[first].heading else first

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
            html = embedded_html(self)
            shown = {"text/html": html, "text/markdown": f"```{{=html}}\n{html}\n```", "text/plain": self.title}
            display(shown, raw=True, metadata={"caption": self.title})


def lay_out(
    words: Words,
    lines: Iterable,
    columns: dict[str, Column],
    study=None,
    is_part: Callable[[Any], bool] = lambda line: False,
) -> ShownTable:
    """A table of a row a line, of which some are parts of the row above; below its notes stand those of `study`."""
    lines = list(lines)
    frame = pd.DataFrame({name: [_as_shown(column.cell(line)) for line in lines] for name, column in columns.items()})
    parts = tuple(place for place, line in enumerate(lines) if is_part(line))
    notes = [*words.notes, *(words_of("study_words.under_every_table", study).notes if study else ())]
    return ShownTable(
        frame.convert_dtypes(), words.title, columns, notes, parts
    )  # counts stay whole beside empty cells


def _as_shown(cell: Any) -> Any:
    return str(cell) if isinstance(cell, Withheld) else cell


def _table(table: ShownTable):
    """The table of great_tables: its cells, the headings of its rows and columns, and those over several columns."""
    from great_tables import GT  # late: it takes half a second to import

    shown = table.shown
    headings: dict[str, Any] = dict(table.headings)
    first = next(iter(headings))
    if table.group:
        shown = shown.assign(**{table.group: table.frame[table.group].array, first: INDENT + shown[first]})
    gt = GT(shown, rowname_col=first, groupname_col=table.group, id="table").tab_stubhead(headings.pop(first))
    for over in dict.fromkeys(column.over for column in table.columns.values() if column.over):
        gt = gt.tab_spanner(over, [name for name, column in table.columns.items() if column.over == over])
    gt = gt.cols_label(headings).cols_align("right", list(headings))
    return gt.cols_align("left", [name for name in headings if table.columns[name].words])


def render_html(table: ShownTable, number: str = "") -> str:
    """A page with the table alone, complete in itself, for reading offline and for pasting into a document."""
    from great_tables import loc, style

    gt = _table(table).tab_header(title=f"Table {number}. {table.title}" if number else table.title)
    for note in table.notes:
        gt = gt.tab_source_note(note)
    gt = gt.tab_style(style.text(weight="bold"), [loc.column_labels(), loc.stubhead(), loc.row_groups()])
    page = gt.tab_options(**PAGE_STYLE).as_raw_html(make_page=True)
    return page.replace("<html", '<html lang="en"', 1).replace("</head>", f"<title>{table.title}</title></head>", 1)


def embedded_html(table: ShownTable) -> str:
    """The table as a part of a page or of the paper, which give it their style; the notes as a paragraph below it."""
    html = _table(table).as_raw_html()
    found = re.sub(r"<(table|tbody|tr)\b[^>]*>", r"<\1>", html[html.index("<table") : html.index("</table>")])
    head, body = found.split("</thead>")
    head, body = CELL.sub(partial(_plain_cell, "th"), head), CELL.sub(partial(_plain_cell, "td"), body)
    notes = f"\n<p>{escape(' '.join(table.notes), quote=False)}</p>" if table.notes else ""
    return re.sub(r"\n\s*", "\n", f"{head}</thead>{body}") + "</table>" + notes


def _plain_cell(tag: str, cell: re.Match) -> str:
    """A cell with what it spans and how it is aligned, which pandoc reads, and without classes, which it does not."""
    attributes, content = cell.groups()
    spans = "".join(f" {span}" for span in re.findall(r'(?:row|col)span="\d+"', attributes) if '"1"' not in span)
    words = re.sub(r"</?span[^>]*>", "", content).strip(" \n")
    if "gt_group_heading" in attributes:
        words = f"<strong>{words}</strong>"
    aligned = next((way for way in ("right", "center") if f"gt_{way}" in attributes), "left")
    return f'<{tag}{spans} style="text-align: {aligned}">{words}</{tag}>'
