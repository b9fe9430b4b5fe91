"""A claims.yaml begun from a paper's text: its numbers found, what they seem to be proposed, what is left shown."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import pandas as pd

from oligomet.audit.proposals import ENDPOINTS, Row, propose_entries

TEMPLATE = Path(__file__).with_suffix(".yaml")
HEADINGS = re.compile(
    r"(?:#+\s*(?P<marked>.+)|(?P<named>(?:\d+(?:\.\d+)*\.?\s+)?(?:abstract|background|introduction|objectives?|"
    r"purpose|(?:patients|materials?) and methods|methods|results|discussion|conclusions?):?|table \d+.*|"
    r"fig(?:ure|\.) ?\d+.*))\s*$",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.?!])(?<!\bvs\.)(?<!\bal\.)\s+(?=[A-Z(\d])")


def plainly(text: str) -> str:
    """A text with its numbers as we write them: 0·64 and .05 of journals as 0.64 and 0.05, without odd spaces."""
    text = re.sub(r"[\u00a0\u2009\u202f]", " ", text)
    return re.sub(r"(?<![\w.)])\.(?=\d)", "0.", re.sub(r"(?<=\d)·(?=\d)", ".", text))


def rows_of(text: str) -> list[Row]:
    """The sentences and table lines of a text, by section; a heading is a line of its own, as # or papers mark it."""
    rows: list[Row] = []
    section, caption = "Text", None
    lines: list[str] = []

    def close() -> None:
        for sentence in lines if caption is not None else SENTENCE.split(" ".join(lines)):
            if sentence.strip(" |-"):
                numbers = [row.number for row in rows if row.section == section]
                rows.append(Row(section, max(numbers, default=0) + 1, sentence, caption))
        lines.clear()

    for line in map(str.strip, plainly(text).splitlines()):
        heading = HEADINGS.match(line)
        if heading is None:
            lines.append(line)
            continue
        close()
        section = (heading["marked"] or heading["named"]).strip().rstrip(":")
        short = re.match(r"(?:table|fig(?:ure|\.)?) ?\d+", section, re.IGNORECASE)
        caption = section[short.end() :] if short else None
        if short:
            section = short[0]
            rows.append(Row(section, 0, caption or ""))
    close()
    return rows


def write_template(text: str, name: str) -> tuple[str, str]:
    """A claims.yaml to be completed, and the tokens.csv beside it.

    Parameters
    ----------
    text
        The paper, or as much of it as is to be entered: plain text or Markdown, a heading a line.
    name
        What the paper is called here.
    """
    rows = rows_of(text)
    counted: set[str] = set()
    for row in rows:
        propose_entries(row, counted)
    used = "\n".join(entry for row in rows for entry in row.entries if not entry.lstrip().startswith("#"))
    levels = {level for row in rows for level in re.findall(r"([5-9]\d(?:\.\d)?) ?% ?(?:CI|confidence)", row.text)}
    told = [row for row in rows if row.tokens]
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    claims = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        name=name,
        found=sum(len(row.tokens) for row in rows),
        left=sum(row.left.total() for row in rows),
        lesions="of: lesions," in used,
        follow_up="variable: follow_up" in used,
        endpoints={n: each for n, each in ENDPOINTS.items() if f"endpoint: {n}," in used},
        sections={row.section: [each for each in told if each.section == row.section] for row in told},
        confidence=(told[0].section, levels.pop()) if len(levels) == 1 else None,
    )
    tokens = [(row.section, row.number, number) for row in rows for number in row.tokens]
    table = pd.DataFrame(tokens, columns=["section", "row", "number"])
    return claims, str(table.to_csv(index=False, lineterminator="\n"))
