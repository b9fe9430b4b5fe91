"""What goes with a response: odds ratios by patient, and with Firth's penalty where there are none."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from asked import row, rows
from oligomet.declarations import Analyses, Factor
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.methods.firth import firth_logistic
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.response_models import model_responses
from oligomet.schemas import validate

REFERENCE = Path(__file__).parents[1] / "reference"
FACTORS = {
    "z": {"label": "Z", "variable": "z", "groups": {"One": {"is": 1}, "None": {"is": 0}}},
    "group": {
        "label": "Group", "variable": "group", "groups": {"a": {"is": "a"}, "b": {"is": "b"}, "c": {"is": "c"}},
    },
    "old": {"label": "Age", "variable": "age_years", "groups": {"≥ 60": {"at_least": 60}, "< 60": {"below": 60}}},
    "response": {"label": "Response", "variable": "objective_response", "groups": {"Yes": {"is": 1}, "No": {"is": 0}}},
}  # fmt: skip


def study(*names):
    return SimpleNamespace(
        factors={name: Factor(**declared) for name, declared in FACTORS.items()},
        analyses=Analyses(rates_at_months=[12], logistic={"response": list(names)}),
    )


def modelled(lesions, *names, patients=None):
    patients = patients if patients is not None else lesions[["patient_id"]].drop_duplicates()
    return validate(tabulate(model_responses(lesions, patients, study(*names))), "estimates")


def lesions():
    data = pd.read_csv(REFERENCE / "data" / "lesions.csv")
    return data.rename(columns={"patient": "patient_id", "response": "objective_response"}).assign(
        objective_response=data["response"].astype("Int64"), one=np.where(data["group"] == "b", 1, 0)
    )


def test_odds_ratios_by_patient_match_r():
    # R 4.2.2, geepack: geeglm(response ~ z + one, binomial, data, id = patient), one = (group == "b"),
    # control = geese.control(epsilon = 1e-12)
    declared = study("z", "one")
    declared.factors["one"] = Factor(label="One", variable="one", groups={"Yes": {"is": 1}, "No": {"is": 0}})
    data = lesions()
    found = tabulate(model_responses(data, data[["patient_id"]].drop_duplicates(), declared))
    together = rows(found, analysis="logistic_multivariable", statistic="odds_ratio").set_index("factor")
    assert np.log(together.loc["z", "estimate"]) == pytest.approx(1.1032653631133, abs=1e-8)
    assert np.log(together.loc["one", "estimate"]) == pytest.approx(-0.0318211622729, abs=1e-8)
    width = np.log(together["conf_high"] / together["conf_low"]) / 2 / 1.959963984540054
    assert width[["z", "one"]].tolist() == pytest.approx([0.327442766775, 0.365607820352], abs=1e-8)
    assert together["p_value"][["z", "one"]].tolist() == pytest.approx([0.000753489637826, 0.930642635872053], abs=1e-8)
    assert set(zip(together["n"], together["events"], strict=True)) == {(160, 67)}


@pytest.mark.parametrize("name", ["lesions", "separated"])
def test_firths_penalty_matches_r(name):
    [reference] = [
        one["values"]
        for one in json.loads((REFERENCE / "reference.json").read_text())["reference"]
        if (one["method"], one["data"]) == ("Firth's logistic, profile", name)
    ]
    data = pd.read_csv(REFERENCE / "data" / f"{name}.csv")
    found = firth_logistic(data[["one", "x"]], data["response"]).table
    for column, values in (("log_ratio", "estimate"), ("conf_low", "low"), ("conf_high", "high")):
        computed = found[column] if column == "log_ratio" else np.log(found[column])
        assert computed.tolist() == pytest.approx(reference[values], abs=1e-6)


def rare():
    """Nobody of group c responds; a third of a, two thirds of b do."""
    random = np.random.default_rng(2)
    group = np.repeat(["a", "b", "c"], 40)
    responded = (random.random(120) < np.select([group == "a", group == "b"], [0.33, 0.66], 0)).astype(int)
    return pd.DataFrame({
        "patient_id": np.repeat(np.arange(60), 2), "group": group, "objective_response": pd.array(responded, "Int64"),
    })  # fmt: skip


def test_a_group_without_responders_says_so_and_leaves_the_others_as_they_are():
    declared = study("group")
    declared.factors["group"] = Factor(**FACTORS["group"], reference="a")
    data = rare()
    found = tabulate(model_responses(data, data[["patient_id"]].drop_duplicates(), declared))
    alone = rows(found, analysis="logistic_univariable")
    none = row(alone, statistic="odds_ratio", group="c", reference="a")
    assert pd.isna(none["estimate"]) and none["reason"] == "no response at this level"
    firth = row(alone, statistic="firth_odds_ratio", group="c", reference="a")
    assert 0 < firth["conf_low"] < firth["estimate"] < firth["conf_high"] < 1
    without = tabulate(model_responses(data[data["group"] != "c"], data[["patient_id"]].drop_duplicates(), declared))
    for column in ("estimate", "conf_low", "conf_high", "p_value"):
        same = [row(part, analysis="logistic_univariable", statistic="odds_ratio", group="b", reference="a")[column]
                for part in (found, without)]  # fmt: skip
        assert same[0] == pytest.approx(same[1], rel=1e-9)


def test_a_reference_without_responders_gives_the_reason_and_firths_ratio():
    found = modelled(rare(), "group")  # the last group is the reference
    alone = rows(found, analysis="logistic_univariable")
    assert rows(alone, statistic="odds_ratio")["reason"].str.startswith("separation").all()
    assert (rows(alone, statistic="firth_odds_ratio")["estimate"] > 1).all()


def test_lesions_that_are_not_evaluable_or_lack_a_factor_are_left_out_of_that_model_only():
    data = lesions()
    data.loc[:9, "objective_response"] = pd.NA
    data["group"] = data["group"].astype(object)
    data.loc[10:14, "group"] = None
    found = modelled(data, "z", "group")
    assert row(found, analysis="logistic_univariable", factor="z", statistic="odds_ratio")["n"] == 150
    assert set(rows(found, analysis="logistic_multivariable")["n"]) == {145}


def test_what_a_lesion_has_no_column_for_is_its_patients():
    data = lesions()
    patients = data[["patient_id"]].drop_duplicates().assign(age_years=lambda frame: 40 + frame["patient_id"] % 40)
    found = modelled(data, "old", patients=patients)
    assert rows(found, statistic="odds_ratio")["estimate"].notna().all()


def test_the_order_of_rows_changes_nothing():
    data = lesions()
    once, again = modelled(data, "z", "group"), modelled(data[::-1].reset_index(drop=True), "z", "group")
    pd.testing.assert_frame_equal(once, again, rtol=1e-7)


def test_what_has_no_answer_says_why():
    data = pd.DataFrame({"x": [0.0, 1.0] * 10})
    for outcome, said in ((np.zeros(20), "no events"), (np.ones(20), "everybody has the event")):
        with pytest.raises(Undefined, match=said):
            firth_logistic(data, outcome)
    with pytest.raises(Undefined, match="collinear covariates"):
        firth_logistic(data.assign(x=1.0), [0, 1] * 10)
    alike = lesions().assign(objective_response=pd.array([0] * 160, "Int64"))
    found = modelled(alike, "z")
    assert found["estimate"].isna().all() and found["reason"].notna().all()


@pytest.mark.parametrize("seed", [130, 242, 412, 38, 57, 76])
def test_firths_penalty_has_an_answer_where_rounding_refuses_the_last_step(seed):
    random = np.random.default_rng(seed)
    n = int(random.integers(60, 250))
    x = pd.DataFrame({name: (random.random(n) < 0.4) * 1.0 for name in "abcd"})
    assert firth_logistic(x, (random.random(n) < 0.35) * 1).table.notna().all(axis=None)
