"""The outcomes as ADaM data sets: read back by another program's reader, they say the same."""

import datetime as dt
import re

import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oligomet.export.adam import _shorten, export_adam
from oligomet.export.transport import to_ascii, write_data_set
from oligomet.schemas import TABLES, conform
from outcomes.handwritten import study

STUDY = study()


def outcomes():
    patients = {"patient_id": ["P-1", "P-2"], "age_years": [59, 71], "histology": ["serous", None], "source": "x:1"}
    events = {
        "patient_id": ["P-1", "P-2", "P-2"],
        "event": ["last_contact", "death", "last_contact"],
        "date": pd.to_datetime(["2020-01-31", "2019-05-01", "2019-05-01"]),
    }
    times = {
        "subject_id": ["P-1", "P-2", "P-1-L1"],
        "patient_id": ["P-1", "P-2", "P-1"],
        "endpoint": ["OS", "LRFS", "LRFS_lesion"],
        "unit": ["patient", "patient", "lesion"],
        "start_date": pd.Timestamp("2019-01-01"),
        "end_date": pd.to_datetime(["2020-01-31", "2019-05-01", "2019-06-01"]),
        "days": [395, 120, 151],
        "months": [13.0, 4.0, 5.0],
        "event": [0, 0, 1],
        "competing": [0, 1, 0],
        "why": ["censored: last_contact", "competing: death", "in_field_recurrence"],
        "source": ["follow_up.csv:7", "follow_up.csv:9", "treatment.xlsx[Systemic therapy]:4"],
    }
    responses = {
        "lesion_id": "P-1-L1", "patient_id": "P-1", "assessment": ["first", "best"], "response": ["SD", "CR"],
        "date": pd.to_datetime(["2019-03-01", "2019-06-01"]), "baseline_cm": 2.4, "why": "≥ 30 % below the baseline",
        "source": "imaging.csv:3",
    }  # fmt: skip
    made = {"patients": patients, "events": events, "times": times, "responses": responses}
    return {name: conform(pd.DataFrame(rows), TABLES[f"outcomes/{name}"]) for name, rows in made.items()}


@pytest.fixture(scope="module")
def read_back(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adam")
    found = {}
    for data in export_adam(outcomes(), STUDY):
        transport, _ = write_data_set(data, folder)
        found[data.name] = (*pyreadstat.read_xport(transport), data)
    return found


@pytest.mark.parametrize("name", ["ADSL", "ADTTE", "ADRS"])
def test_another_reader_finds_the_same_variables_values_and_labels(read_back, name):
    frame, meta, data = read_back[name]
    assert meta.table_name == name and meta.file_label == data.label
    assert meta.column_names_to_labels == {column: to_ascii(label) for column, label in data.labels.items()}
    assert list(frame) == list(data.rows) and len(frame) == len(data.rows)
    for column in frame:
        assert re.fullmatch("[A-Z][A-Z0-9]{0,7}", column) and 0 < len(data.labels[column]) <= 40
        for found, meant in zip(frame[column], data.rows[column], strict=True):
            if pd.isna(meant):
                assert found == "" or pd.isna(found) or found is None
            elif isinstance(meant, pd.Timestamp):
                assert found == meant.date()
            else:
                assert found == (to_ascii(meant) if isinstance(meant, str) else pytest.approx(meant))


def test_a_subject_has_her_dates_and_groups(read_back):
    frame = read_back["ADSL"][0].set_index("SUBJID")
    assert frame.loc["P-2", ["DTHFL", "DTHDT", "LSTALVDT"]].tolist() == ["Y", dt.date(2019, 5, 1), dt.date(2019, 5, 1)]
    assert frame.loc["P-1", "DTHFL"] == "" and frame.loc["P-1", "DCUTDT"] == STUDY.data_cut
    assert frame["AGEGR1"].tolist() == ["< 60", ">= 60"]
    assert frame.loc["P-2", "HISTOGR1"] == ""  # unknown


def test_cnsr_is_zero_for_an_event_and_tells_the_competing_one_apart(read_back):
    frame = read_back["ADTTE"][0]
    assert sorted(frame["CNSR"]) == [0, 1, 2]
    told = frame.set_index("CNSR")[["EVNTDESC", "CNSDTDSC"]]
    assert told.loc[0].tolist() == ["In field recurrence", ""]
    assert told.loc[1].tolist() == ["", "Last contact"]
    assert told.loc[2].tolist() == ["Death", ""]


def test_a_value_is_traced_to_the_row_of_its_export(read_back):
    frame = read_back["ADTTE"][0].set_index("CNSR")[["SRCDOM", "SRCVAR", "SRCSEQ", "SRCFILE"]]
    assert frame.loc[1].tolist() == ["FOLLOW_UP", "DATE", 7, "follow_up.csv"]
    assert frame.loc[0].tolist() == ["THERAPIES", "START_DATE", 4, "treatment.xlsx[Systemic therapy]"]


def test_a_text_that_a_transport_file_would_cut_is_refused(tmp_path):
    tables = outcomes()
    tables["responses"]["why"] = "x" * 201
    with pytest.raises(ValueError, match="ADRS: texts of more than 200 characters in CRIT"):
        write_data_set(export_adam(tables, STUDY)[2], tmp_path)


@given(st.lists(st.text(min_size=1), max_size=40))
def test_names_are_short_and_differ(names):
    taken: set[str] = set()
    short = [_shorten(name, taken) for name in names]
    assert len(set(short)) == len(short)
    assert all(re.fullmatch("[A-Z][A-Z0-9]{0,7}", name) for name in short)


@given(st.text())
def test_ascii_is_ascii(text):
    assert to_ascii(text).isascii()
