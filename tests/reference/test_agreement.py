"""The methods give the numbers that R gives, and the table that says so is up to date."""

import agreement
import pandas as pd
import pytest


@pytest.mark.parametrize("entry", agreement.references(), ids=lambda entry: f"{entry['method']} / {entry['data']}")
def test_agrees_with_r(entry):
    found = agreement.differences(entry["method"], entry["data"])
    closest = found[["absolute", "relative"]].min(axis=1)
    worst = found.loc[closest.idxmax()]
    assert closest.max() < 1e-6, f"{entry['call']}: {worst['quantity']} is {worst['ours']}, not {worst['theirs']}"


def test_every_call_has_a_reference():
    assert {entry["method"] for entry in agreement.references()} == set(agreement.METHODS)


def test_table_of_agreement_is_up_to_date():
    written = pd.read_csv(agreement.HERE / "agreement.csv")
    now = agreement.agreement()
    facts = ["method", "call", "data", "numbers"]
    pd.testing.assert_frame_equal(written[facts], now[facts])
    for column in ("absolute", "relative"):  # to a power of ten: rounding differs from machine to machine
        bound, found = (table[column].str.removeprefix("< ").astype(float) for table in (written, now))
        assert (found <= 11 * bound).all()  # 10 * 1e-11 is less than 1e-10
