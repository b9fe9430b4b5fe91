"""Lesions that no rule lets into the analysis: what goes with them, and what is said of their patients all the same."""

from __future__ import annotations

import pandas as pd

from oligomet.cohort.records import Records, findings


def leave_out_lesions(records: Records, irradiated: pd.DataFrame, screened: pd.DataFrame) -> None:
    """Leave out the plans of excluded irradiations, and a lesion with its imaging where no plan of it is left.

    Imaging that shows new lesions stays: it dates the patient's progression. A contact names excluded lesions no more;
    where it names no other, what recurred in the field of a lesion that is not analysed is progression elsewhere.

    Parameters
    ----------
    irradiated
        The lesions with their plans.
    screened
        cohort/screened_lesions, on the index of `irradiated`.
    """
    out = screened["eligible"] == 0
    if not out.any():
        return
    why = (screened["rule"] + ": " + screened["reason"])[out].set_axis(screened.loc[out, "source"])
    plans = records.rows["plans"]
    _leave_out(records, "plans", plans["source"].map(why))

    keys = ["patient_id", "lesion_number"]
    excluded = irradiated[keys].assign(why=(screened["rule"] + ": " + screened["reason"]).where(out), stays=~out)
    gone = excluded[~excluded.groupby(keys)["stays"].transform("any")].drop_duplicates(keys).set_index(keys)["why"]
    for role in ("lesions", "measurements", "image_features"):
        rows = records.rows[role]
        said = pd.Series(gone.reindex(pd.MultiIndex.from_frame(rows[keys])).to_numpy(), rows.index)
        shows_new = rows["new_lesions"].eq(1).fillna(False) if role == "measurements" else pd.Series(False, rows.index)
        _leave_out(records, role, said.mask(shows_new))
    _name_no_more(records, gone)


def _leave_out(records: Records, role: str, why: pd.Series) -> None:
    why = why.dropna()
    records.leave_out(role, findings(why.index, "not_eligible", why))


def _name_no_more(records: Records, gone: pd.Series) -> None:
    rows = records.rows["follow_up"].copy()
    listed = rows["in_field_lesions"].dropna().str.split(";").explode()
    named = pd.MultiIndex.from_arrays([rows["patient_id"].reindex(listed.index), pd.to_numeric(listed).astype("Int64")])
    excluded = named.isin(gone.index)
    if not excluded.any():
        return
    left = listed[~excluded].groupby(level=0).agg(";".join)
    touched = listed.index[excluded].unique()
    rows.loc[touched, "in_field_lesions"] = left.reindex(touched).astype("string")
    elsewhere = touched.difference(left.index)
    reason = "names a lesion that is excluded; what recurred there and nowhere else counts as progression elsewhere"
    rows.loc[elsewhere, "distant_progression"] = rows.loc[elsewhere, "distant_progression"].mask(
        rows.loc[elsewhere, "in_field_recurrence"].eq(1).fillna(False), 1
    )
    rows.loc[elsewhere, "in_field_recurrence"] = 0
    records.note("follow_up", findings(touched, "not_eligible", reason, "in_field_lesions"))
    records.rows["follow_up"] = rows
