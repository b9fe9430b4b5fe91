"""Templates: what may be written in them, and what is said of a mistake."""

import pytest

from oligomet import templates
from oligomet.manuscript.filters import capitalised, in_sentence, render_templates, unit
from oligomet.manuscript.sourced import Declared, Said
from oligomet.manuscript.vocabulary import Vocabulary
from oligomet.templates import ManuscriptError, Problems, clauses, listing


def fill_in(folder, book, study, **files):
    """The text of a paper.qmd and its parts, given as files by name without ending."""
    for name, text in files.items():
        (folder / f"{name}.qmd").write_text(text, encoding="utf-8")
    problems = Problems()
    words = Vocabulary(book, study, {"fig-flow": "notebooks/cohort.ipynb#fig-flow"}, problems.report)
    return render_templates(["paper.qmd"], [folder], words.context(), problems)["paper.qmd"]


def mistakes(folder, *args, **files):
    with pytest.raises(ManuscriptError) as error:
        fill_in(folder, *args, **files)
    return str(error.value).replace(f"{folder}/", "").split("\n")


def test_every_wrong_name_of_a_paper_is_told_with_its_line_and_the_nearest(tmp_path, book, study):
    paper = (
        '<< OSS.median() >>\n\n<< study.endpionts.OS.label >> << OS.hr("lesion_cuont") >>\n'
        '<< flow.patients("analized") >> << embed("fig-flo") >> << OS.mediann() >>\n'
        '<% include "_part.qmd" %>\n'
    )
    said = mistakes(tmp_path, book, study, paper=paper, _part='\n\n<< lesions.size(unit="lesion") >>\n')
    assert said[:2] == [
        "paper.qmd, line 1: 'OSS' is not known; the nearest are OS, PFS, LRFS",
        "paper.qmd, line 3: 'endpionts' is not known; the nearest are endpoints, response, months",
    ]
    assert said[2].startswith(
        'paper.qmd, line 3: nothing answers OS.hr("lesion_cuont"); the nearest are OS.hr("lesion_count", group="Si'
    )
    assert 'the nearest are flow.patients("analysed"), ' in said[3] and said[3].startswith("paper.qmd, line 4: ")
    assert said[4] == "paper.qmd, line 4: no notebook shows 'fig-flo'; the nearest are fig-flow"
    assert said[5].startswith("paper.qmd, line 4: 'mediann' is not known; the nearest are median, ")
    assert said[6] == (
        '_part.qmd, line 3: lesions.size(unit="lesion") is not how it is asked for: '
        "lesions.size(pattern, population=...)"
    )
    assert len(said) == 7


def test_what_is_kept_compiled_holds_no_answer_of_a_filter(tmp_path):
    """As the filter of tomorrow may be another."""
    (tmp_path / "a.qmd").write_text('<< "x" | told >><% set kept = "x" | told %><< kept >>', encoding="utf-8")
    for told in (lambda text: f"{text}1", lambda text: f"{text}2"):
        said = templates.render_templates(["a.qmd"], [tmp_path], {}, Problems(), {"told": told})
        assert said["a.qmd"] == 2 * told("x")


def test_broken_tags_of_all_files_are_told_at_once(tmp_path, book, study):
    said = mistakes(tmp_path, book, study, paper="One\n<% if study.synthetic %>\n", _part="Two << OS.label\n")
    assert [line.partition(":")[0] for line in said] == ["_part.qmd, line 1", "paper.qmd, line 2"]


def test_a_part_that_is_not_there_is_told_where_it_is_wanted(tmp_path, book, study):
    [said] = mistakes(tmp_path, book, study, paper='One\n\n<% include "_prat.qmd" %>\n')
    assert said.startswith("paper.qmd, line 3: there is no file _prat.qmd in ")


def test_whatever_stops_a_template_is_told_with_its_line(tmp_path, book, study):
    [said] = mistakes(tmp_path, book, study, paper="One\n\n<< 1 / 0 * study.analyses.confidence >>\n")
    assert said == "paper.qmd, line 3: division by zero"


def test_mistakes_of_all_documents_are_told_at_once(tmp_path):
    for name in ("paper", "supplement"):
        (tmp_path / f"{name}.qmd").write_text("One\n<< missing >>\n")
    with pytest.raises(ManuscriptError, match=r"paper.qmd, line 2: 'missing'.*\n.*supplement.qmd, line 2: 'missing'"):
        render_templates(["paper.qmd", "supplement.qmd"], [tmp_path], {}, Problems())


def test_an_empty_answer_is_a_mistake(tmp_path, book, study):
    [said] = mistakes(tmp_path, book, study, paper="\n<< study.robustness.dose_response.nothing >>.\n")
    assert said.startswith("paper.qmd, line 2: 'nothing' is not known")
    real = study.model_copy(update={"robustness": None})
    [said] = mistakes(tmp_path, book, real, paper="\n<< study.robustness >>.\n")
    assert said == "paper.qmd, line 2: nothing stands here: what is asked for is empty"


def test_a_file_of_the_study_stands_instead_of_the_common_one(tmp_path, book, study):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "_part.qmd").write_text("ours")
    fill_in(tmp_path, book, study, paper='It is <% include "_part.qmd" %>', _part="theirs")
    problems = Problems()
    said = render_templates(["paper.qmd"], [tmp_path / "own", tmp_path / "none", tmp_path], {}, problems)
    assert said["paper.qmd"] == "It is ours"


def test_declarations_carry_their_place_and_count_as_what_they_are(tmp_path, book, study):
    paper = (
        "<< study.data_cut >>, << study.response.decrease|percent >>, << study.response.baseline_days[0]|abs >>, "
        '<< study.sources|how_many >><< ", more" if study.analyses.rates_at_months[2] > 24 >>, '
        "<< study.endpoints.OS.label|in_sentence >>, << study.factors.bed.groups|list|last >>"
    )
    assert fill_in(tmp_path, book, study, paper=paper) == (
        '[30 December 2021]{.value title="study.yaml: data_cut"}, '
        '[30%]{.value title="study.yaml: response.decrease"}, '
        '[60]{.value title="study.yaml: response.baseline_days"}, '
        '[8]{.value title="study.yaml: sources"}, more, overall survival, '
        '[≥\u00a060]{.value title="study.yaml: factors.bed.groups"}'
    )


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("67.1%", '[67.1%]{.value title="estimates: x"}'),
        ("p < 0.001", '[p\u00a0\\<\u00a00.001]{.value title="estimates: x"}'),
        ("worst", "worst"),  # a word needs no source
        ("a_b [1]", '[a\\_b \\[1\\]]{.value title="estimates: x"}'),
    ],
)
def test_what_holds_a_digit_carries_its_source(text, markdown):
    assert str(Said(text, "estimates: x")) == markdown


def test_lists_in_a_sentence():
    assert listing(["a"]) == "a" and listing([]) == ""
    assert listing(["a", "b", "c"]) == "a, b and c" == listing("a\n\n  b\nc\n")
    assert listing(["a", "b"], "or") == "a or b"
    assert clauses("a, b\nc\n") == "a, b; c"


def test_labels_within_a_sentence(study):
    labels = [factor.label for factor in Declared(study, "study.yaml").factors.values()]
    said = {str(in_sentence(label).plain): unit(label) for label in labels}
    assert said["metastatic lesions"] == "" and said["GTV diameter"] == " cm" and said["BED10"] == " Gy"
    assert said["FIGO stage"] == "" and said["age"] == ""
    assert capitalised("local control differed") == "Local control differed"
