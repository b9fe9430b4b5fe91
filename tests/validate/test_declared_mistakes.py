"""study.yaml as people mistype it: everything at once, each with its line, what was found and what was expected."""

from pathlib import Path

import pytest

from oligomet.study import declared_in
from oligomet.validate.problems import told

TEXT = Path("studies/pumch2022/study.yaml").read_text(encoding="utf-8")


@pytest.fixture
def said(tmp_path):
    def read(*changes: tuple[str, str], name: str | None = None) -> str:
        text = TEXT
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        file = tmp_path / "study.yaml"
        file.write_text(text, encoding="utf-8")
        return told(declared_in(file, name)[1]).replace(str(file), "study.yaml")

    return read


def line_of(text: str) -> int:
    return TEXT[: TEXT.index(text)].count("\n") + 1


def test_the_shipped_study_has_no_problem(said):
    assert said(name="pumch2022") == ""


def test_mistakes_of_every_kind_are_told_together(said):
    text = said(
        ("days_per_month: 30.4167", "days_per_month: thirty"),
        ("  decrease: 0.30", "  decrese: 0.30"),
        ("per: patient", "per: village"),
        ("title: Radiotherapy", "titel: Radiotherapy"),
        ("    OS: [lesion_count, disease", "    OSS: [lesion_count, disease"),
        ("variable: bed10_gy", "variable: bed11_gy"),
        ("baseline_days: [-60, 7]", "baseline_days: [7, -60]"),
        ("{below: 60}", "{below: 65}"),
        name="ours",
    )
    line = line_of("days_per_month")
    for expected in (
        f'study.yaml, line {line}: months.days_per_month: found "thirty"\n  Expected a number above 27 and below 32.',
        "response.decrese: decrese is not known here. Did you mean decrease",
        'endpoints.LRFS.per: found "village"\n  Expected one of patient, lesion.',
        "study.yaml: title: this must be declared\n  Expected a text.",
        "titel is not known here. Did you mean title",
        "OSS is not a declared endpoint. Did you mean OS",
        "bed11_gy is no column of outcomes/patients or outcomes/lesions",
        "response.baseline_days: expected the first day before the last; it has 7 to -60",
        "factors.age: groups: < 60 and ≥ 60 overlap",
        "study: expected ours, the name of its folder; it has pumch2022",
    ):
        assert expected in text
    for jargon in ("pydantic", "type=", "Input should", "Value error", "Field required", "Traceback"):
        assert jargon not in text


def test_what_follows_from_a_mistake_is_not_told_again(said):
    assert said(("variable: bed10_gy", "varable: bed10_gy")).count("study.yaml") == 2  # unknown, and missing
    assert "is not a declared factor" not in said(("factors: #", "factors: [a]\nfactor: #"))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  LRFS:\n    label", "  LRFS:\n\tlabel", "Indent with spaces, not with tabs."),
        ("seed: 2022\n  notice", "seed: 2022\n  seed: 3\n  notice", "synthetic.seed: given twice, first in line"),
        ("data_cut: 2021-12-30", "data_cut: 2022-13-45", "data_cut: 2022-13-45 is no day of the calendar"),
        ('{"< 2": {below: 2}, "≥ 2"', '{No: {below: 2}, "≥ 2"', "found false as a name\n  Expected a word: put quotes"),
        ("{is: sex_cord_stromal}", "{is: sex_cord}", '"sex_cord" is no word of terms.histology. Did you mean sex_'),
        ("{below: 3}", "{below: three}", '"three" cannot be compared with'),
        ("{at_least: 6}, < 6", "{at_least: 8}, < 6", "what is between 6 and 8 is in no group"),
        ("include: [en, zh]", "include: [en, zhh]", "zhh is no language of the shipped words; there are de, en, fr"),
        ("variable: kps, at_least: 70", "variable: kps, at_least: good", 'performance.at_least: "good" cannot'),
        ("{id: accrual", "{id: performance", "eligibility.performance: the id is taken more than once"),
        ("kind: survival, endpoint: LRFS, title: L", "kind: survival, title: L", "figure3.endpoint: this must be"),
        ("centres: 1", "centres: yes", "design.centres: found true\n  Expected a whole number"),
        ("file: patients.csv", "file: patients.csv\n    sheet: A", "sheet: it is of a workbook, and this is a text"),
        ("title: ", "loop: &a [*a]\ntitle: ", "not readable as YAML: something stands within itself"),
    ],
)  # fmt: skip
def test_one_mistake_is_told_in_words(said, old, new, expected):
    assert expected in said((old, new))


def test_aliases_that_explode_are_refused_at_once(tmp_path):
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
    file = tmp_path / "study.yaml"
    file.write_text(f"a0: &a0 [x, x]\n{levels}\n")
    (problem,) = declared_in(file)[1]
    assert "more than" in problem.said and len(problem.told()) < 300


def test_a_file_in_another_encoding_or_none_is_named(tmp_path):
    file = tmp_path / "study.yaml"
    assert "there is no such file" in told(declared_in(file)[1])
    file.write_bytes("title: Müller".encode("latin-1"))
    assert "it is in another encoding: save it in UTF-8" in told(declared_in(file)[1])
    file.write_text("- a list")
    assert "expected 'name: value' lines" in told(declared_in(file)[1])
