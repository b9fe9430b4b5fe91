"""Other published series, as the table that lists them."""

from __future__ import annotations

import pandas as pd

from oligomet.displays import formats
from oligomet.displays.presentation import Table
from oligomet.tables import rows

SERIES = {"ovarian": "Ovarian cancer only", "mixed": "Gynaecological cancers, ovarian among them"}
OUTCOMES = {
    "complete_response": "Complete response, per lesion",
    "local_control_24": "Local control at 24 months, per lesion",
}
STATUS = {
    "this study": "this study, as published",
    "confirmed": "confirmed",
    "inferred": "inferred",
    "candidate": "candidate",
    "not a row": "not in it",
}
POOLED = "Summary, random effects"


def published_series(estimates: pd.DataFrame, literature: pd.DataFrame, study, declared) -> Table:
    """The published series, those of ovarian cancer alone apart from the mixed, each with its status."""
    studies = literature[literature["kind"] == "study"]
    frame = pd.DataFrame(
        {
            "series": studies["series"].map(SERIES),
            "study": studies["label"],
            "status": studies["status"].map(STATUS),
            "radiotherapy": studies["technique"] + ("; " + studies["dose_fractionation"]).fillna(""),
            "n_patients": studies["n_patients"].astype("Int64"),
            "n_lesions": studies["n_lesions"].fillna(studies["n_evaluable_lesions"]).astype("Int64"),
            "complete_response": [_response(one) for one in studies.itertuples()],
            "local_control_24": [formats.number(rate, 1) for rate in studies["lc_2y_pct"]],
            "grade_3": studies["grade3plus_toxicity"].fillna(formats.MISSING),
            "journal": studies["journal"],
        }
    )
    groups = [
        pd.concat([frame[frame["series"] == name], _pooled(estimates, series, name)]) for series, name in SERIES.items()
    ]
    interval = formats.percent(study.analyses.confidence, 0)
    notes = [
        "Numbers as published. What is known of a series as a row of the published table, which could not be read: "
        "confirmed by, or inferred from the numbers that the text quotes; candidate, where these do not exclude it.",
        f"Summaries ({interval} interval): series that count by lesion, this study left out. "
        f"{formats.MISSING} not found in what could be read of the publication.",
    ]
    return Table(
        pd.concat(groups, ignore_index=True),
        declared.title,
        {
            "study": "Series",
            "status": "Row of the published table",
            "radiotherapy": "Radiotherapy",
            "n_patients": "Patients",
            "n_lesions": "Lesions",
            "complete_response": "Complete response, %",
            "local_control_24": "Local control at 2 years, %",
            "grade_3": "Toxicity of grade 3 or more",
        },
        group="series",
        notes=notes,
        words=("status", "radiotherapy", "grade_3"),
    )


def _response(one) -> str:
    """A series' complete responses, with the counts and what was counted where they are known."""
    if pd.isna(one.cr_pct):
        return formats.MISSING
    counted = f" ({formats.count(one.cr_n)}/{formats.count(one.response_n)} {one.response_unit}s)"
    return formats.number(one.cr_pct, 1) + ("" if pd.isna(one.cr_n) or pd.isna(one.response_n) else counted)


def _pooled(estimates: pd.DataFrame, series: str, name: str) -> pd.DataFrame:
    pooled = rows(estimates, analysis="literature", population=series, level="pooled", statistic="proportion")
    pooled = pooled.set_index("factor")
    cells = {
        outcome: formats.percent_ci(*pooled.loc[outcome, ["estimate", "conf_low", "conf_high"]], 1, "")
        for outcome in OUTCOMES
        if outcome in pooled.index
    }
    return pd.DataFrame([{"series": name, "study": POOLED, **cells}])
