"""docs/sources.md: every example is a declaration, and between them they show all that can be declared."""

import re

import yaml
from exports import DECLARED, source

from oligomet.column_declarations import ColumnSource
from oligomet.schemas import SOURCES
from oligomet.source_declarations import Source
from oligomet.study import declared_in
from oligomet.variables import Variable

PAGE = (DECLARED.parents[2] / "docs/sources.md").read_text(encoding="utf-8")
BLOCKS = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
EXAMPLES = [(role, declared) for block in BLOCKS for role, declared in block.items() if role in SOURCES]


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


def test_variables_can_be_declared_as_shown_and_all_that_can_be_is(tmp_path):
    (shown,) = [block for block in BLOCKS if "variables" in block]
    declared = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))
    factors = {**declared["factors"], **shown["factors"]}
    file = tmp_path / "study.yaml"
    text = yaml.safe_dump({**declared, **shown, "factors": factors}, allow_unicode=True, sort_keys=False)
    file.write_text(text, encoding="utf-8")
    study, problems = declared_in(file)
    assert [problem.told() for problem in problems] == []
    assert {"brca", "ascites", "fluid", "ca125_group"} <= set(study.factors)
    assert set(Variable.model_fields) - {name for one in shown["variables"].values() for name in one} == {"at_most"}
