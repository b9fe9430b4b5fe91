"""What comes out with the bytes that were there before stops what follows it, and nothing else does."""

import re

import pytest

from recovery.interrupted import Example


def ran(said: str) -> set[str]:
    return set(re.findall(r"^(?:local)?rule (\w+):", said, re.M))


@pytest.mark.parametrize(
    ("file", "added", "reruns"),
    [
        ("workflow/oligomet/outcomes/recist.py", "# why\n", {"responses", "times", "characteristics", "reanalyses"}),
        ("studies/pumch2022/raw/toxicity.csv", "\n", {"extract", "cohort"}),
    ],
    ids=["a comment in a module", "an empty row in an export"],
)
def test_an_edit_that_changes_no_result_stops_at_the_first_that_comes_out_the_same(own_run, file, added, reruns):
    with (own_run.folder / file).open("a", encoding="utf-8") as edited:
        edited.write(added)
    assert {"tables", "figure", "paper"} < ran(own_run.snakemake("--dry-run"))  # what may come of it
    assert ran(own_run.snakemake("--cores", "2", "--verbose")) == reruns
    assert "Nothing to be done" in own_run.snakemake()


def test_what_does_change_travels_as_far_as_in_a_run_from_the_start(tmp_path):
    """A year more of follow-up and an empty row: the results are those of a folder that never saw it otherwise."""
    edited, fresh = (Example.set_up(tmp_path / name) for name in ("edited", "fresh"))
    edited.snakemake("--cores", "2", "tables")
    before = edited.contents(record=False)
    for run in (edited, fresh):
        file = run.folder / "studies/example/raw/verlauf.csv"
        text = file.read_bytes()
        file.write_bytes(text.replace(b"002;02.07.2021", b"002;02.07.2022") + b"\r\n")
        assert file.read_bytes() != text + b"\r\n"
        run.snakemake("--cores", "2", "tables")
    after = edited.contents(record=False)
    changed = {name for name in after if after[name] != before[name]}
    assert {"outcomes/times.csv", "estimates/estimates.csv"} < changed and "outcomes/responses.csv" not in changed
    assert fresh.contents(record=False) == after
