"""Adapted RECIST 1.1: the response of each irradiated lesion, by its own measurements.

RECIST 1.1 (Eisenhauer 2009, Eur J Cancer 45:228) sums target lesions, counts new lesions, and holds irradiated
lesions not measurable. Here each irradiated lesion is its own sum, so that the criteria are adapted; the thresholds
are the study's (`response` in study.yaml), and these are the rules:

baseline    the last imaging within `baseline_days` of the lesion's first fraction that gives its diameter, or says
            that it is not seen. Without one, or with a lesion too small to measure on it, the lesion is not evaluable
            (NE).
diameter    longest axis; short axis of a node; 0 where the lesion is not seen. A lesion that is seen but has no
            diameter in the record leaves that imaging unassessable: it is not assumed to be small, or unchanged.
one a day   of several scans on a day: one that gives the diameter, then the modality of the baseline, then the
            modality by which the lesion was imaged most often, then the first by name. Between days only the dates
            count, unless `other_modality` says that a scan by another modality than the baseline's tells nothing.
parts       a lesion that has split: the diameters of the parts of one scan (`part`) are added (RECIST 1.1, 4.3.2).
merged      lesions that have become one (`merged`) have one diameter: nothing is said of each (`merged_lesion`: NE),
            or each has that of the whole, which RECIST 1.1 (4.3.2) takes for the sum of them all.
CR          not seen, or a node's short axis below the limit of a normal node.
PD          from the nadir, the smallest diameter before (baseline and all imaging after it): grown by `increase` and
            by `increase_cm`. What comes back after CR is PD at any size or, if so declared, judged by its growth; a
            node comes back when it is no longer normal (EORTC, RECIST 1.1 questions and answers).
PR, SD      smaller than the baseline by `decrease`; none of these. Where PD and PR both hold, PD.
first       the first assessable imaging within `first_assessment_days` of the lesion's last fraction.
best        the best of CR, PR, SD, PD within `best_response_days`, up to the first PD among these.
again       a lesion that is irradiated again has a baseline and responses in each course; what imaging shows from the
            first fraction of the next course on is no response to this one.

coded       where the study declares the radiologist's code as the response (`response.coded`), none of these rules is
            applied, nothing is measured, and no baseline is asked for. Of imaging, codes after the first fraction
            count, in the same windows; of several on a day one that is not NE, then as above. A code of the lesion
            has no day: it is the first and, unless another is declared (`response.coded_best`), the best response.

New lesions are events of the patient and never change the response of an irradiated one.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from oligomet.courses import irradiated_again
from oligomet.declarations import CODED, Response
from oligomet.schemas import RESPONSES, TABLES, conform

NOISE_CM = 1e-6  # far below what is measured, far above floating point: 2.0 to 1.4 cm is 30 %
_ASSESSED = ["lesion_id", "date", "days_after_radiotherapy", "response", "nadir_cm", "diameter_cm", "why", "source"]
RANK = {response: rank for rank, response in enumerate(RESPONSES)}  # best first


def assess_responses(lesions: pd.DataFrame, measurements: pd.DataFrame, response: Response) -> pd.DataFrame:
    """First and best response of every irradiated lesion (outcomes/responses), a row for each.

    Parameters
    ----------
    lesions, measurements
        cohort/lesions and cohort/measurements; diameters in cm.
    response
        The study's windows and thresholds.
    """
    imaging = assess_imaging(lesions, measurements, response)
    baselines = find_baselines(lesions, measurements, response)
    if response.coded in lesions:
        return _coded_once(lesions, baselines, response)
    until_progression = _until_progression(imaging, response.best_response_days)
    first = _choose(baselines, imaging, response.first_assessment_days).assign(assessment="first")
    best = _choose(baselines, until_progression, response.best_response_days).assign(assessment="best")
    table = pd.concat([first, best]).sort_index(kind="stable").reset_index(drop=True)
    return conform(table, TABLES["outcomes/responses"])


def patient_responses(responses: pd.DataFrame, of: Literal["worst", "best"]) -> pd.DataFrame:
    """Each patient's response from those of the lesions: of the worst evaluable lesion, or of the best.

    A lesion that is not evaluable says nothing, and a patient is NE only if no lesion is evaluable: progression of
    one lesion stands whatever the others would have shown, and a patient whose other lesions responded is counted by
    these.

    Parameters
    ----------
    responses
        outcomes/responses.
    of
        Whose response is the patient's; a study declares it as `response.patient`.

    Returns
    -------
    DataFrame by patient_id with the columns first and best: the assessments, each CR, PR, SD, PD or NE.
    """
    ranks = responses["response"].map(RANK).mask(responses["response"] == "NE")
    by_lesion = ranks.groupby([responses["patient_id"], responses["assessment"]])
    chosen = by_lesion.max() if of == "worst" else by_lesion.min()
    words = chosen.fillna(RANK["NE"]).map(dict(enumerate(RESPONSES)))
    return pd.DataFrame({name: words.xs(name, level="assessment") for name in ("first", "best")})


def find_baselines(lesions: pd.DataFrame, measurements: pd.DataFrame, response: Response) -> pd.DataFrame:
    """The baseline of every lesion, in the order of `lesions`.

    Returns
    -------
    DataFrame with lesion_id, patient_id, nodal, axis, baseline_date, baseline_cm, baseline_modality, baseline_source;
    not_evaluable: why nothing can be said of the lesion, empty where something can; only_complete_or_not: it is too
    small to measure, or was not measured, and the study asks whether it went.
    """
    scans = measure(lesions, measurements, response)
    first, last = response.baseline_days
    within = scans[scans["days_from_start"].between(first, last)]
    chosen = within.sort_values(
        ["assessable", "date", "times_used", "modality", "source"], ascending=[False, False, False, True, True]
    ).drop_duplicates("lesion_id")
    baselines = lesions[["lesion_id", "patient_id"]].reset_index(drop=True)
    baselines["nodal"] = _flag(lesions["nodal"], 1)
    baselines["axis"] = np.where(baselines["nodal"], "short", "long")
    columns = {
        "date": "baseline_date",
        "diameter_cm": "baseline_cm",
        "modality": "baseline_modality",
        "source": "baseline_source",
    }
    baselines = baselines.merge(chosen[["lesion_id", *columns]].rename(columns=columns), on="lesion_id", how="left")

    nodal, diameter = baselines["nodal"], baselines["baseline_cm"]
    smallest = np.where(nodal, response.measurable_node_short_cm, response.measurable_long_cm)
    normal_node = nodal & (diameter < response.normal_node_short_cm - NOISE_CM)
    problem = np.select(
        [
            baselines["baseline_date"].isna(),
            diameter.isna(),
            diameter == 0,
            normal_node,
            diameter < smallest - NOISE_CM,
        ],
        [
            f"no imaging from {_day(first)} to {_day(last)} the first fraction",
            "no " + baselines["axis"] + " axis recorded at baseline",
            "not seen at baseline",
            f"a normal node at baseline, short axis below {response.normal_node_short_cm:g} cm",
            np.where(
                nodal,
                f"too small to measure at baseline, short axis below {response.measurable_node_short_cm:g} cm",
                f"too small to measure at baseline, below {response.measurable_long_cm:g} cm",
            ),
        ],
        "",
    )
    if response.coded:
        return baselines.assign(axis=None, baseline_cm=np.nan, not_evaluable="", only_complete_or_not=False)
    there = baselines["baseline_date"].notna() & (diameter != 0) & ~normal_node
    complete_or_not = (problem != "") & there & (response.unmeasurable_baseline == "CR_or_not")
    return baselines.assign(not_evaluable=np.where(complete_or_not, "", problem), only_complete_or_not=complete_or_not)


def assess_imaging(lesions: pd.DataFrame, measurements: pd.DataFrame, response: Response) -> pd.DataFrame:
    """The response that every imaging after baseline shows, by itself: what was known of a lesion, and when.

    Returns
    -------
    DataFrame sorted by lesion and date, at most a row a day: lesion_id, date, days_after_radiotherapy, response,
    nadir_cm, diameter_cm, why, source, as in outcomes/responses. Lesions without a baseline have no rows, but where
    the response is coded; of a code that the lesion has once, no imaging shows anything.
    """
    if response.coded:
        return _coded_imaging(lesions, measurements, response)
    baselines = find_baselines(lesions, measurements, response)
    scans = measure(lesions, measurements, response).merge(
        baselines.drop(columns=["patient_id", "nodal", "axis"]), on="lesion_id", validate="many_to_one"
    )
    scans = scans[scans["date"] > scans["baseline_date"]]
    scans = scans.assign(same_modality=scans["modality"] == scans["baseline_modality"]).sort_values(
        ["lesion_id", "date", "assessable", "same_modality", "times_used", "modality", "source"],
        ascending=[True, True, False, False, False, True, True],
    )
    scans = scans.drop_duplicates(["lesion_id", "date"]).reset_index(drop=True)
    other = ~scans["same_modality"] & (response.other_modality == "NE")
    scans["diameter_cm"], scans["gone"] = scans["diameter_cm"].mask(other), scans["gone"] & ~other

    lesion, diameter, baseline = scans["lesion_id"], scans["diameter_cm"], scans["baseline_cm"]
    smallest_so_far = diameter.fillna(np.inf).groupby(lesion).cummin()
    nadir = pd.Series(np.fmin(baseline, smallest_so_far.groupby(lesion).shift(fill_value=np.inf)))
    complete = scans["gone"] | (scans["nodal"] & (diameter < response.normal_node_short_cm - NOISE_CM))
    completed = complete.astype(int).groupby(lesion).cummax() == 1
    grown = (diameter >= nadir * (1 + response.increase) - NOISE_CM) & (
        diameter - nadir >= response.increase_cm - NOISE_CM
    )
    shrunk = diameter <= baseline * (1 - response.decrease) + NOISE_CM

    still_there = scans["only_complete_or_not"] & ~complete & (scans["assessable"] | ~scans["nodal"])
    increase = f"{100 * response.increase:g} % and {10 * response.increase_cm:g} mm above the nadir"
    decrease = f"{100 * response.decrease:g} % below the baseline"
    rules: list[tuple[pd.Series, str, Any]] = [  # the first that holds decides
        (scans["not_evaluable"] != "", "NE", scans["not_evaluable"]),
        (other, "NE", "by another modality than the baseline"),
        (scans["merged"], "NE", "one with another lesion, measured together"),
        (still_there, "SD", "neither gone nor measurable"),
        (~scans["assessable"], "NE", "seen, but no " + scans["axis"] + " axis recorded"),
        (scans["gone"], "CR", "not seen"),
        (complete, "CR", f"node with a short axis below {response.normal_node_short_cm:g} cm"),
        (completed & (response.growth_after_complete_response == "PD"), "PD", "back after a complete response"),
        (grown, "PD", f"at least {increase}"),
        (shrunk, "PR", f"at least {decrease}"),
    ]
    holds = [rule for rule, _, _ in rules]
    scans["response"] = np.select(holds, [said for _, said, _ in rules], "SD")
    scans["why"] = np.select(holds, [why for _, _, why in rules], f"neither {decrease} nor {increase}")
    scans["nadir_cm"] = nadir.replace(np.inf, np.nan)
    return scans[_ASSESSED]


def _coded_imaging(lesions: pd.DataFrame, measurements: pd.DataFrame, response: Response) -> pd.DataFrame:
    """As `assess_imaging`: the codes of imaging after the first fraction, where imaging has them."""
    coded = str(response.coded)
    scans = measure(lesions, measurements, response)
    if coded not in scans:
        scans = scans.iloc[:0].assign(**{coded: pd.Series(dtype="string")})
    scans = scans[scans["days_from_start"] > 0]
    scans = scans.assign(response=scans[coded].fillna("NE"), nadir_cm=np.nan, diameter_cm=np.nan)
    scans["why"] = np.where(scans[coded].isna(), "no response coded", CODED)
    scans["evaluable"] = scans["response"] != "NE"
    scans = scans.sort_values(
        ["lesion_id", "date", "evaluable", "times_used", "modality", "source"],
        ascending=[True, True, False, False, True, True],
    )
    return scans.drop_duplicates(["lesion_id", "date"]).reset_index(drop=True)[_ASSESSED]


def _coded_once(lesions: pd.DataFrame, baselines: pd.DataFrame, response: Response) -> pd.DataFrame:
    """As `assess_responses`: the codes that each lesion has, which have no day."""
    of_lesions = lesions.set_index("lesion_id")
    assessments = []
    for assessment, name in (("first", response.coded), ("best", response.coded_best or response.coded)):
        code = baselines["lesion_id"].map(of_lesions[name])
        why = code.notna().map({True: CODED, False: "no response coded"})
        source = baselines["lesion_id"].map(of_lesions["source"])
        rows = baselines.assign(assessment=assessment, response=code.fillna("NE"), why=why, source=source)
        assessments.append(rows)
    table = pd.concat(assessments).sort_index(kind="stable").reset_index(drop=True)
    return conform(table, TABLES["outcomes/responses"])


def measure(lesions: pd.DataFrame, measurements: pd.DataFrame, response: Response) -> pd.DataFrame:
    """The measurements of `lesions`, with the diameter that counts (cm) and the days from first and last fraction.

    `assessable` are those that give the diameter, or say that the lesion is gone; `merged`, with the diameter of
    several lesions that have become one. Parts of a lesion are one scan of it.
    """
    treated = lesions[["lesion_id", "imaged_id", "nodal", "start_date", "end_date"]]
    whole = _add_parts(measurements, response.part) if response.part else measurements
    scans = whole.rename(columns={"lesion_id": "imaged_id"}).merge(
        treated.assign(again=irradiated_again(lesions)), on="imaged_id"
    )
    scans = scans[~(scans["date"] >= scans["again"])]
    scans["nodal"], scans["gone"] = _flag(scans["nodal"], 1), _flag(scans["seen"], 0)
    scans["axis"] = np.where(scans["nodal"], "short", "long")
    measured = scans["short_axis_cm"].where(scans["nodal"], scans["long_axis_cm"]).astype(float)
    merged = _flag(scans[response.merged], 1) if response.merged else np.zeros(len(scans), bool)
    scans["merged"] = merged & (response.merged_lesion == "NE")
    scans["diameter_cm"] = measured.mask(scans["gone"], 0.0).mask(scans["merged"])
    scans["assessable"] = scans["diameter_cm"].notna()
    scans["days_from_start"] = (scans["date"] - scans["start_date"]).dt.days
    scans["days_after_radiotherapy"] = (scans["date"] - scans["end_date"]).dt.days
    scans["times_used"] = scans.groupby(["lesion_id", "modality"])["date"].transform("size")
    return scans


def _add_parts(measurements: pd.DataFrame, part: str) -> pd.DataFrame:
    """The parts of a lesion on one scan as one: their diameters are added, and it is gone when all of them are."""
    scan = ["lesion_id", "date", "modality"]
    parts = measurements[measurements.duplicated(scan, keep=False)]
    axes = ["long_axis_cm", "short_axis_cm"]
    gone = parts["seen"].eq(0).fillna(False)
    sizes = parts.assign(**{axis: parts[axis].mask(gone, 0.0) for axis in axes})
    one = sizes.drop_duplicates(scan).set_index(scan)
    of_scan = sizes.groupby(scan)
    for axis in axes:
        known = of_scan[axis].count() == of_scan.size()
        one[axis] = of_scan[axis].sum().where(known).reindex(one.index)
    for flag in ("seen", "new_lesions"):
        one[flag] = of_scan[flag].max().reindex(one.index)
    rest = measurements.drop(index=parts.index)
    return pd.concat([rest, one.reset_index()[measurements.columns]], ignore_index=True) if len(one) else rest


def _until_progression(imaging: pd.DataFrame, days: tuple[int, int]) -> pd.DataFrame:
    """The imaging within the window, best response first, without what came after the first progression in it."""
    within = imaging[imaging["days_after_radiotherapy"].between(*days)]
    progressed = (within["response"] == "PD").astype(int)
    kept = within[progressed.groupby(within["lesion_id"]).cumsum() - progressed == 0]
    return kept.sort_values("response", key=lambda responses: responses.map(RANK), kind="stable")


def _choose(baselines: pd.DataFrame, imaging: pd.DataFrame, days: tuple[int, int]) -> pd.DataFrame:
    """A row a lesion, as in `baselines`: the first evaluable row of `imaging` in the window, or NE and the reason."""
    within = imaging[imaging["days_after_radiotherapy"].between(*days)]
    decided = within[within["response"] != "NE"].drop_duplicates("lesion_id")
    unassessed = within[within["response"] == "NE"].drop_duplicates("lesion_id").set_index("lesion_id")["why"]
    table = baselines.merge(decided, on="lesion_id", how="left")
    reason = table["not_evaluable"].mask(table["not_evaluable"] == "", table["lesion_id"].map(unassessed))
    nothing = f"no imaging from {days[0]} to {days[1]} days after the last fraction"
    table["why"] = table["why"].fillna(reason.fillna(nothing))
    table["response"] = table["response"].fillna("NE")
    return table


def _flag(values: pd.Series, is_: int) -> np.ndarray:
    return values.eq(is_).fillna(False).to_numpy(bool)


def _day(days: int) -> str:
    return f"{abs(days)} days {'before' if days < 0 else 'after'}"
