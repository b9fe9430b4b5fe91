"""docs/architecture.md follows one number from a raw row to a sentence: what it says of each place is so."""

import re
from pathlib import Path

from oligomet.book import Book
from oligomet.tables import read
from whole_run import ROOT

WALK = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")


def test_every_file_that_the_walk_names_is_there(run):
    package = ROOT / "workflow/oligomet"
    for name in re.findall(r"`([\w/.]+\.(?:py|csv|qmd))`", WALK):
        places = [
            ROOT / name,
            package / name,
            package / "estimates" / name,
            ROOT / "manuscript" / name,
            run.results / name,
        ]
        assert any(place.is_file() for place in places), name


def test_the_row_is_where_the_walk_says_at_each_stage(run):
    raw = (ROOT / "studies/pumch2022/raw/follow_up.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "2017.3.16,dead" in raw[1211]
    extracted = (run.results / "extracted/follow_up.csv").read_text(encoding="utf-8")
    assert re.search(r"2017\.3\.16,dead,.*,follow_up\.csv,,1212,", extracted)
    contact = read(run.results / "cohort/follow_up.csv").query("source == 'follow_up.csv:1212'").iloc[0]
    assert (str(contact["date"].date()), contact["status"]) == ("2017-03-16", "dead")
    times = read(run.results / "outcomes/times.csv")
    time = times[(times["patient_id"] == contact["patient_id"]) & (times["endpoint"] == "OS")].iloc[0]
    assert (time["days"], time["months"], time["event"], time["source"]) == (498, 16, 1, contact["source"])
    patients = read(run.results / "outcomes/patients.csv").set_index("patient_id")
    assert patients.loc[contact["patient_id"], "metastases"] == 5


def test_the_number_is_the_same_in_book_table_paper_and_values(run):
    book = Book(read(run.results / "estimates/estimates.csv"))
    row = book.one(analysis="cox_univariable", endpoint="OS", factor="lesion_count", group="Single")
    assert (row.reference, row.n, row.events) == ("≥ 2", 142, 98)
    said = f"estimate {row.estimate:.3f}, interval {row.conf_low:.3f} to {row.conf_high:.3f}"
    assert said in WALK
    assert "0.60 (0.40–0.90)" in WALK
    for file in ("tables/table4.csv", "manuscript/values.csv", "manuscript/paper.html"):
        assert "0.60 (0.40–0.90)" in Path(run.results, file).read_text(encoding="utf-8"), file
