"""A pattern is the whole meaning of a cell: nothing is read over a word that denies or doubts it."""

import pytest
from ward import STUDY, build, contact, said, surgery, therapy

from oligomet.cohort.terms import UnknownTerm, term_reader
from oligomet.usual import LANGUAGES, usual_denials


def read(vocabulary: str, text: str, **codes) -> str | None:
    try:
        return term_reader(vocabulary, codes or STUDY.terms[vocabulary], STUDY.parsing.denials)(text)
    except UnknownTerm:
        return None


@pytest.mark.parametrize(
    ("vocabulary", "text"),
    [
        ("therapy_reason", "relapse excluded"),
        ("therapy_reason", "relapse not confirmed"),
        ("therapy_reason", "recurrence, suspected"),
        ("therapy_reason", "progression denied"),
        ("therapy_reason", "复发除外"),
        ("therapy_reason", "未复发"),
        ("therapy_reason", "无复发"),
        ("procedure", "Biopsy ?"),
        ("procedure", "biopsy?"),
        ("procedure", "Debulking without result"),
        ("status", "Alive with disease excluded"),
        ("status", "alive until 2019, then died"),
        ("status", "dead?"),
        ("histology", "serous carcinoma ruled out"),
        ("histology", "non-serous"),
        ("site", "liver, unlikely"),
    ],
)
def test_what_is_denied_or_doubted_is_unknown(vocabulary, text):
    assert read(vocabulary, text) is None


@pytest.mark.parametrize(
    ("vocabulary", "text", "code"),
    [
        ("status", "Alive with disease", "alive"),
        ("status", "alive, no evidence of disease", "alive"),
        ("status", "Alive without recurrence", "alive"),
        ("modality", "CT abdomen without contrast", "ct"),
        ("modality", "non-contrast CT", "ct"),
        ("histology", "未分化癌", "other_epithelial"),  # 未 is the pattern's own word
        ("histology", "无性细胞瘤", "germ_cell"),
        ("histology", "nodular serous carcinoma", None),
        ("histology", "serous, notable atypia", "serous"),  # notable is not `not`
    ],
)
def test_a_pattern_that_says_the_same_word_counts(vocabulary, text, code):
    assert read(vocabulary, text) == code


def test_a_study_can_declare_what_a_doubt_means():
    codes = {"biopsy": ["biopsy.*"], "unclear": [r"biopsy ?\?", r"\bno biopsy"]}
    assert [read("procedure", text, **codes) for text in ("biopsy ?", "no biopsy", "biopsy of the liver")] == [
        "unclear", "unclear", "biopsy",
    ]  # fmt: skip
    assert read("procedure", "biopsy?", biopsy=["biopsy.?"]) is None  # a wildcard says nothing


def test_the_reason_names_the_declaration_and_never_the_cell():
    with pytest.raises(UnknownTerm, match=r"terms\.procedure says \(parsing\.denials\)") as refusal:
        term_reader("procedure", STUDY.terms["procedure"], STUDY.parsing.denials)("Biopsy of Mrs Gabler ?")
    assert "Gabler" not in str(refusal.value)


def test_every_language_has_its_own_words():
    words = usual_denials()
    assert len(LANGUAGES) == 5 and {"no", "kein", "sans", "senza", "除外", "?"} <= set(words)


def test_such_a_cell_takes_its_row_out_with_the_reason():
    cohort = build(
        therapies=[therapy(), therapy(start_date="2015-02-01", end_date="", reason="relapse excluded")],
        surgeries=[surgery(), surgery(date="2015-01-01", procedure="Biopsy ?")],
        follow_up=[contact(), contact(date="2018-05-01", status="Alive with disease excluded")],
    )
    assert said(cohort) == [
        ("therapies", 3, "Reason", "unknown_term", 0),
        ("surgeries", 3, "Procedure", "unknown_term", 0),
        ("follow_up", 3, "Status", "unknown_term", 0),
    ]
