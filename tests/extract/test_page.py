"""docs/sources.md: every example is a declaration, and between them they show all that can be declared."""

import re

import yaml
from exports import DECLARED, source

from oligomet.source_declarations import ColumnSource, Source

PAGE = (DECLARED.parents[2] / "docs/sources.md").read_text(encoding="utf-8")
EXAMPLES = [
    (role, declared)
    for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    for role, declared in yaml.safe_load(block).items()
]


def test_every_example_can_be_declared():
    assert len(EXAMPLES) > 15
    for _, declared in EXAMPLES:
        source(**declared).views()


def test_all_that_can_be_declared_is_shown():
    shown = {name for _, declared in EXAMPLES for name in declared}
    of_columns = {
        name
        for _, declared in EXAMPLES
        for column in declared.get("columns", {}).values()
        if isinstance(column, dict)
        for name in column
    }
    elsewhere = {"edited", "identifying"}  # in the study that is there to be copied
    assert set(Source.model_fields) - shown == elsewhere
    assert set(ColumnSource.model_fields) - of_columns == {"constant", "dates", "decimal"}  # said of a whole source
