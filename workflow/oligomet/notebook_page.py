"""An executed notebook as a page for readers."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from html import escape

# a row of a table in which only the first cell says something, and in bold: a heading over the rows below
GROUP = re.compile(r"<td[^>]*>(<strong>[^<]*</strong>)</td>(?:\s*<td[^>]*></td>)+\s*</tr>")
STYLE = """\
body { margin: 0; color: #1a1a1a; background: #fff; font: 16px/1.55 Georgia, "Times New Roman", serif; }
main { max-width: 58rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1, h2, table, .caption, details { font-family: "Helvetica Neue", Helvetica, Arial, sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .4rem; }
blockquote { margin: 1rem 0; padding: .6rem 1rem; border-left: 4px solid #c4560a; background: #fdf3ea; }
blockquote p { margin: 0; }
img { max-width: 100%; display: block; margin: 1rem auto .3rem; }
table { border-collapse: collapse; border-bottom: 1.5px solid #1a1a1a; font-size: .85rem; line-height: 1.35; }
table { margin: 1rem 0 .2rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
.wide:has(> table:not([class])) + p, div > .wide + p { font-size: .8rem; color: #444; margin: .4rem 0; }
th { border-bottom: 1.5px solid #1a1a1a; padding: .25rem .5rem; vertical-align: bottom; }
td { padding: .12rem .5rem; vertical-align: top; }
td:first-child { padding-left: 1.5em; text-indent: -1em; }
td[style*="right"] { white-space: nowrap; }
.dataframe td, .simpletable td { text-align: right; white-space: nowrap; }
.dataframe th, .simpletable th { text-align: right; border: 0; white-space: nowrap; }
.dataframe thead tr:last-child th { border-bottom: 1.5px solid #1a1a1a; }
.dataframe tbody th, .simpletable th { font-weight: 400; vertical-align: top; padding: .12rem .5rem; }
.dataframe tbody th, .simpletable th:first-child, .simpletable caption { text-align: left; }
.dataframe th[halign] { text-align: center; border-bottom: 1px solid #999; }
pre { font-size: .75rem; overflow-x: auto; }
.caption { font-size: .85rem; margin: .6rem 0 .4rem; }
details.code { font-size: .75rem; color: #777; margin: .2rem 0; }
details.code pre { background: #f6f6f6; padding: .6rem; overflow-x: auto; }
@media print { details.code { display: none; } main { max-width: none; padding: 0; } }
"""


def render_page(notebook, notice: str = "") -> str:
    """An executed notebook as one HTML page that needs no network: text, tables and figures, with the code folded."""
    import pypandoc

    body = pypandoc.convert_text(
        "\n\n".join(_page_parts(notebook)), "html5", format="markdown", extra_args=["--wrap=none"]
    )
    body = re.sub(r"<colgroup>.*?</colgroup>", "", body, flags=re.DOTALL)  # on a screen, columns fit their words
    body = re.sub(r"<table.*?</table>", r'<div class="wide">\g<0></div>', body, flags=re.DOTALL)
    body = GROUP.sub(lambda row: f'<td colspan="{row[0].count("<td")}">{row[1]}</td>\n</tr>', body)
    title = next(cell.source for cell in notebook.cells if cell.cell_type == "markdown").splitlines()[0].lstrip("# ")
    said = f'<meta name="description" content="{escape(notice)}">\n' if notice else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n{said}<style>\n{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _page_parts(notebook) -> Iterator[str]:
    """The cells as blocks of pandoc's markdown."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell.source
            continue
        yield _raw_html(f'<details class="code"><summary>code</summary><pre>{escape(cell.source)}</pre></details>')
        for output in cell.outputs:
            data, caption = output.get("data", {}), escape(output.get("metadata", {}).get("caption", ""))
            label = cell.metadata.get("label", "")
            named = [_raw_html(f'<p class="caption" id="{label}">{caption}</p>')] if caption and label else []
            if "text/markdown" in data:
                yield from [*named, data["text/markdown"]]
            elif "image/svg+xml" in data:
                image = b64encode(data["image/svg+xml"].encode()).decode()
                yield _raw_html(f'<img src="data:image/svg+xml;base64,{image}" alt="{caption}">')
                yield from named
            elif "text/html" in data:
                yield _raw_html(re.sub(r'<style.*?</style>| border="1"', "", data["text/html"], flags=re.DOTALL))
            else:
                yield _raw_html(f"<pre>{escape(data.get('text/plain', output.get('text', '')))}</pre>")


def _raw_html(html: str) -> str:
    return f"``````{{=html}}\n{html}\n``````"
