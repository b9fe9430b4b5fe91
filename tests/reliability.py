"""The table of docs/reliability.md: what was tried how often, written by the tests that try it when a target asks."""

import os
import re

from whole_run import ROOT

PAGE = ROOT / "docs/reliability.md"
TITLE = "|---|---|---|\n"


def note(tried: str, times: int, outcome: str) -> None:
    """A line of the table, in place of the one on the same trial; nothing unless RELIABILITY is in the environment."""
    if "RELIABILITY" in os.environ:
        text = re.sub(rf"^\| {re.escape(tried)} \|.*\n", "", PAGE.read_text(encoding="utf-8"), flags=re.M)
        assert TITLE in text
        PAGE.write_text(text.replace(TITLE, f"{TITLE}| {tried} | {times:,} | {outcome} |\n"), encoding="utf-8")
