"""The committed exports, and the words in them, are read as they are meant."""

from pathlib import Path

import pandas as pd

from generator.words import WORDS
from oligomet.cohort.build import build_cohort
from oligomet.cohort.parse import parse_column
from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.extract.readers import extract_sources
from oligomet.schemas import SOURCES
from oligomet.study import read_study

FOLDER = Path(__file__).parents[2]
STUDY = read_study(FOLDER / "study.yaml")


def test_every_word_means_its_code_and_no_other():
    columns = {column.terms: (role, name) for role in SOURCES for name, column in SOURCES[role].items() if column.terms}
    assert set(WORDS) == set(columns)
    for vocabulary, codes in WORDS.items():
        assert set(codes) == set(STUDY.terms[vocabulary])
        expected = [code for code, words in codes.items() for _ in words]
        cells = pd.Series([word for words in codes.values() for word in words], dtype="string")
        assert parse_column(cells, *columns[vocabulary], STUDY)[0].fillna("?").tolist() == expected


def test_the_committed_exports_are_accounted_for():
    cohort = build_cohort(extract_sources(STUDY, FOLDER / "raw"), STUDY, PUBLIC_KEY)
    accounting = cohort["accounting"]
    assert (accounting["raw"] == accounting["analysed"] + accounting["quarantined"]).all()
    assert (accounting["quarantined"] > 0).all()
    excluded = cohort["screened"].loc[cohort["screened"]["eligible"] == 0, "rule"]
    assert set(excluded) == {rule.id for rule in STUDY.eligibility}
