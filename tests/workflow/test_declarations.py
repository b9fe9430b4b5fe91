"""study.yaml and config.yaml: every mistake at once, in words, with its place."""

from pathlib import Path

import pytest
import yaml

from oligomet.declarations import ConfigurationError
from oligomet.sections import Sections
from oligomet.study import check_config, read_study

STUDIES = sorted(Path("studies").glob("*/study.yaml"))


@pytest.fixture
def declared():
    return yaml.safe_load(Path("studies/pumch2022/study.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def mistakes(tmp_path):
    def read(declared) -> str:
        file = tmp_path / "study.yaml"
        file.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
        with pytest.raises(ConfigurationError) as problems:
            read_study(file)
        return str(problems.value)

    return read


@pytest.mark.parametrize("file", STUDIES, ids=lambda file: file.parent.name)
def test_every_shipped_study_is_valid_and_bears_the_name_of_its_folder(file):
    assert read_study(file).study == file.parent.name


def test_other_censoring_is_of_declared_endpoints_at_events_that_are_named(declared, mistakes):
    declared["robustness"]["censoring"] = {"LRFS": [], "DFS": ["last_imaging"]}
    said = mistakes(declared)
    assert "robustness.censoring: DFS is not a declared endpoint" in said
    assert "robustness.censoring.LRFS: expected the events that censor it" in said
    declared["robustness"]["censoring"] = {"LRFS": ["last_scan"]}
    assert "robustness.censoring.LRFS" in mistakes(declared)


def test_all_mistakes_come_at_once_each_with_its_place(declared, mistakes):
    declared["months"]["days_per_month"] = "thirty"
    declared["response"]["decrese"] = declared["response"].pop("decrease")
    declared["endpoints"]["OS"]["per"] = "village"
    del declared["data_cut"]
    said = mistakes(declared)
    for place in ("months.days_per_month", "response.decrese", "endpoints.OS.per", "data_cut"):
        assert place in said
    assert "village" in said


def test_names_must_agree_across_the_sections(declared, mistakes):
    declared["factors"]["bed"]["variable"] = "bed11_gy"
    declared["factors"]["platinum"]["reference"] = "none"
    declared["analyses"]["compare"]["OS"].append("lucky_number")
    declared["analyses"]["logistic"]["lucky_response"] = ["gtv"]
    declared["figures"]["figure3"]["endpoint"] = "LRSF"
    del declared["sources"]["measurements"]["columns"]["seen"]
    declared["sources"]["patients"]["key"] = ["passport"]
    declared["terms"]["site"] = {"moon": ["(unclosed"]}
    said = mistakes(declared)
    for word in (
        "bed11_gy",
        "factors.platinum.reference",
        "lucky_number",
        "lucky_response",
        "LRSF",
        "seen",
        "passport",
        "(unclosed",
        "moon",
    ):
        assert word in said


def test_a_table_can_be_by_a_factor_of_its_subjects_only(declared, mistakes):
    declared["tables"]["table1"]["by"] = "lucky_number"
    declared["tables"]["table2"]["by"] = "age"
    declared["tables"]["table3"]["by"] = "gtv"
    assert [line.partition("tables.")[2] for line in mistakes(declared).split("\n")] == [
        "table1.by: lucky_number is not a declared factor.",
        "table2.by: age is no factor of a lesion.",
        "table3.by: only a table with a unit, patient or lesion, has groups",
    ]


def test_the_first_fraction_may_be_part_of_a_plans_key(declared, mistakes, tmp_path):
    declared["sources"]["plans"]["key"].append("start_date")
    file = tmp_path / "ours.yaml"
    file.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    assert "start_date" in read_study(file).sources["plans"].key
    declared["sources"]["plans"]["key"] = ["patient_id", "start_date"]
    assert "sources.plans.key" in mistakes(declared)


def test_what_kind_of_study_it_is_must_be_said(declared, mistakes):
    del declared["design"]["centres"]
    declared["design"]["timing"] = "ambispective"
    declared["per_patient"]["bed10_gy"] = "typical"
    said = mistakes(declared)
    for place in ("design.centres", "design.timing", "per_patient.bed10_gy"):
        assert place in said
    declared["design"] = {"timing": "prospective", "centres": 0}
    assert "design.centres" in mistakes(declared)
    del declared["design"]
    assert "design: this must be declared" in mistakes(declared)


@pytest.mark.parametrize("declared_as", ["%d.%m.%y", "%Y-%m", "%Y-%m-%d %H:%M", "%Y-%Y-%d"])
def test_a_date_format_that_leaves_the_day_open_is_refused(declared, mistakes, declared_as):
    declared["parsing"]["dates"] = [declared_as]
    assert "expected %Y, %d and one of %m and %b" in mistakes(declared)


def test_a_date_is_written_in_one_order(declared, mistakes):
    declared["sources"]["surgeries"]["columns"]["date"] = {"header": "Day", "dates": ["%d/%m/%Y", "%m/%d/%Y"]}
    assert "sources.surgeries.columns.date.dates: '%d/%m/%Y' and '%m/%d/%Y' are two orders" in mistakes(declared)


def test_a_word_is_yes_or_no(declared, mistakes):
    declared["parsing"]["false_words"].append("Yes")
    assert "parsing: Yes in true_words and in false_words" in mistakes(declared)


@pytest.mark.parametrize("window", ["baseline_days", "first_assessment_days", "best_response_days"])
def test_a_window_runs_forward(declared, mistakes, window):
    declared["response"][window] = [100, 20]
    assert f"response.{window}: expected the first day before the last; it has 100 to 20" in mistakes(declared)


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ({"a": {"below": 3}, "b": {"at_least": 2}}, "a and b overlap"),
        ({"a": {"at_most": 3}, "b": {"at_least": 3}}, "a and b overlap"),
        ({"a": {"is": ["x", "y"]}, "b": {"is": "y"}}, "a and b overlap"),
        ({"a": {"is_not": "x"}, "b": {"is": ["x", "z"]}}, "a and b overlap"),
        ({"a": {"is_not": "x"}, "b": {"is_not": "z"}}, "a and b overlap"),
        ({"a": {"above": 1, "at_most": 2}, "b": {"is": 2}}, "a and b overlap"),
        ({"a": {"is": 1, "within": "b"}, "b": {"is": 1, "within": "a"}}, "expected one that is not within another"),
        ({"a": {"is": 1}, "b": {"is": 2, "within": "c"}}, "expected the group that it is within among a"),
    ],
)
def test_groups_are_apart_and_sub_levels_in_a_level(declared, mistakes, groups, said):
    declared["factors"]["gtv"] |= {"groups": groups}
    assert "factors.gtv: groups" in mistakes(declared)
    assert said in mistakes(declared)


def test_a_name_stands_once_and_a_day_is_in_the_calendar(tmp_path):
    text = Path("studies/pumch2022/study.yaml").read_text(encoding="utf-8")
    file = tmp_path / "study.yaml"
    file.write_text(text + "\ntitle: Another\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"title: given twice, first in line 3"):
        read_study(file)
    file.write_text(text.replace("data_cut: 2021-12-30", "data_cut: 2022-13-45"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"line 6: data_cut: 2022-13-45 is no day of the calendar"):
        read_study(file)


def test_a_study_bears_the_name_of_its_folder():
    with pytest.raises(ConfigurationError, match=r"study: expected ours, the name of its folder; it has pumch2022"):
        read_study("studies/pumch2022/study.yaml", "ours")


def test_a_factor_of_lesions_is_not_asked_of_patients(declared, mistakes):
    declared["analyses"]["compare"]["OS"].append("site")
    declared["robustness"]["headline"]["LRFS"].append("site")
    declared["tables"]["table1"]["factors"].append("site")
    declared["tables"]["table2"]["factors"].append("kps")
    said = mistakes(declared)
    for line in (
        "analyses.compare.OS: site is no factor of a patient",
        "robustness.headline.LRFS: site is no factor of a patient",
        "tables.table1.factors: site is no factor of a patient",
        "tables.table2.factors: kps is no factor of a lesion",
    ):
        assert line in said


@pytest.mark.parametrize(
    ("section", "value"),
    [("months", {"days_per_month": 12}), ("eligibility", [{"id": "a", "variable": "kps", "excluded": "says nothing"}])],
)
def test_values_that_cannot_be_meant_are_refused(declared, mistakes, section, value):
    declared[section] = value
    assert section in mistakes(declared)


def test_the_key_of_the_pseudonyms_is_not_declared_and_the_message_does_not_repeat_it(declared, mistakes):
    said = str(mistakes({**declared, "pseudonym_salt": "hush"}))
    assert "pseudonym_salt: it does not belong here" in said and "pseudonym.key" in said
    assert "hush" not in said


def test_no_follow_up_ends_on_one_day_for_all_where_dates_are_shifted(declared, mistakes):
    declared["endpoints"]["OS"]["observed_until"] = ["data_cut"]
    declared["privacy"] = {"shift_dates_days": 30}
    assert "endpoints.OS.observed_until: data_cut, one day for all" in mistakes(declared)


def test_a_file_that_is_missing_or_no_yaml_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="no such file"):
        read_study(tmp_path / "study.yaml")
    (tmp_path / "study.yaml").write_text("study: [unclosed")
    with pytest.raises(ConfigurationError, match="YAML"):
        read_study(tmp_path / "study.yaml")


def test_the_options_of_a_run_are_checked_too():
    with pytest.raises(ConfigurationError, match=r"config\.yaml: manuscript\.engine"):
        check_config({"study": "pumch2022", "manuscript": {"engine": "word"}})


def test_a_script_sees_only_the_sections_that_its_rule_declares():
    sections = Sections(read_study("studies/pumch2022/study.yaml"), ["months", "figures.figure5", "analyses.ties"])
    assert sections.months.round_endpoints_to == 1
    assert list(sections.figures) == ["figure5"]
    assert sections.analyses.ties == "breslow"
    for hidden in (lambda: sections.endpoints, lambda: sections.analyses.confidence):
        with pytest.raises(AttributeError, match="does not declare"):
            hidden()


def test_a_field_of_each_may_be_seen_without_the_others():
    sections = Sections(read_study("studies/pumch2022/study.yaml"), ["tables.*.by", "tables.*.unit"])
    assert sections.tables["table1"].by == "lesion_count" and sections.tables["table1"].unit == "patient"
    with pytest.raises(AttributeError, match="does not declare that it depends on 'title'"):
        sections.tables["table1"].title  # noqa: B018
    assert sections.values()["tables.*.by"]["table1"] == "lesion_count"


def test_what_a_rule_tracks_is_plain_data():
    sections = Sections(read_study("studies/pumch2022/study.yaml"), ["data_cut", "figures.figure5", "analyses.ties"])
    assert sections.values()["analyses.ties"] == "breslow"
    assert sections.values()["data_cut"] == "2021-12-30"
    assert sections.values()["figures.figure5"]["endpoint"] == "OS"


def test_what_ends_observation_is_declared_in_one_way(declared, mistakes):
    declared["endpoints"]["OS"]["censored_at"] = declared["endpoints"]["OS"].pop("observed_until")
    declared["endpoints"]["PFS"]["missed_scans"] = 2
    declared["endpoints"]["CFI"]["observed_before"] = ["next_systemic_therapy"]
    declared["endpoints"]["LRFS"]["observed_until"] = []
    said = mistakes(declared)
    assert "endpoints.OS.censored_at: it is called observed_until, and has the same list" in said
    assert "endpoints.PFS.missed_scans: no scan was due. Declare imaging_schedule." in said
    assert "endpoints.CFI: observed_before: next_systemic_therapy ends it already" in said
    assert "endpoints.LRFS.observed_until" in said
