"""The words that come with the workflow, and what a study has that says nothing."""

import re

import pytest
import yaml

from oligomet.cohort.parse import plain
from oligomet.schemas import SOURCES
from oligomet.usual import FOLDER, LANGUAGES, complete

VOCABULARIES = {column.terms for columns in SOURCES.values() for column in columns.values() if column.terms}


def shipped(language):
    return yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))


def examples(pattern: str) -> set[str]:
    """Words that a pattern knows: its first alternatives, without what may be left out."""
    bare = re.sub(r"\([^()]*\)\?|\[[^]]*\]\??|.\?", "", pattern.replace(".*", ""))
    first = re.sub(r"\(([^()|]*)[^()]*\)\*?", r"\1", bare)
    return {word for word in first.split("|") if word and re.fullmatch(pattern, word, re.IGNORECASE)}


def test_there_are_five_languages():
    assert LANGUAGES == ("de", "en", "fr", "it", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_the_common_words_and_its_patterns_compile(language):
    terms = shipped(language)["terms"]
    assert set(terms) <= VOCABULARIES
    assert {"histology", "site", "status", "therapy_class", "modality", "toxicity"} <= set(terms)
    assert [p for codes in terms.values() for ps in codes.values() for p in ps if re.compile(p).groups < 0] == []
    for word, code in {"de": ("Lebt", "alive"), "fr": ("décédée", "dead"), "it": ("viva", "alive")}.items():
        if language == word:
            assert any(re.fullmatch(p, code[0], re.IGNORECASE) for p in terms["status"][code[1]])


def test_no_word_means_two_things_in_all_languages_together():
    terms = complete({"terms": list(LANGUAGES)})["terms"]
    meant, tried = [], 0
    for vocabulary, codes in terms.items():
        for code, patterns in codes.items():
            for word in {word for pattern in patterns for word in examples(pattern)}:
                codes_of = {
                    other
                    for other, listed in codes.items()
                    if any(re.fullmatch(p, plain(word), re.IGNORECASE) for p in listed)
                }
                tried += 1
                meant += [(vocabulary, word, codes_of)] if codes_of != {code} else []
    assert tried > 200 and meant == []


def test_yes_and_no_are_told_apart_in_all_languages_together():
    parsing = complete({"terms": list(LANGUAGES)})["parsing"]
    lists = [{word.casefold() for word in parsing[name]} for name in ("true_words", "false_words", "missing")]
    assert not (lists[0] & lists[1] or lists[0] & lists[2] or lists[1] & lists[2])
    assert {"ja", "oui", "sì", "是", "yes"} <= lists[0]


def test_a_mapping_adds_to_the_included_words_and_a_list_chooses_among_them():
    raw = complete({"terms": {"include": ["en"], "site": {"liver": ["segment \\d"]}, "toxicity": ["haematological"]}})
    assert raw["terms"]["site"]["liver"][-1] == "segment \\d" and "bone" in raw["terms"]["site"]
    assert list(raw["terms"]["toxicity"]) == ["haematological"]
    assert raw["sites"].keys() == {*raw["terms"]["site"]}


def test_declared_sites_are_the_only_ones():
    raw = complete({"terms": ["en"], "sites": {"bone": {"label": "Bone"}}})
    assert list(raw["terms"]["site"]) == ["bone"]


def test_a_role_without_a_source_is_the_file_of_its_name_with_the_headings_of_the_dictionary():
    sources = complete({"sources": {"plans": "rt.xlsx", "toxicities": "not collected"}})["sources"]
    assert sources["patients"] == {
        "key": ["patient_id"],
        "columns": {name: name for name in SOURCES["patients"]},
        "file": "patients.csv",
    }
    assert sources["plans"]["file"] == "rt.xlsx" and sources["toxicities"] == "not collected"
