"""Deaths as follow-up gives them: with a date beside the last contact, without any, or with one in a living patient."""

from __future__ import annotations

import pandas as pd

from oligomet.cohort.records import findings
from oligomet.study import Study


def date_deaths(rows: pd.DataFrame, found: pd.DataFrame, study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Follow-up with the date of each death, and what was found in it.

    Where a column `death_date` is declared, a death has its date from there, and the row's own is that of the last
    contact. Of the two, the death counts: a register of deaths is more exact than the day of an inquiry. A date of
    death in a row that does not say dead contradicts it, and the row is set aside: she may have died. A death without a
    date is set aside, too, unless `deaths_without_date` says that it was on the day of her last contact.

    Parameters
    ----------
    rows
        Follow-up as it was read, with death_date where that is declared.
    found
        What was wrong with its cells.
    """
    dead = (rows["status"] == "dead").fillna(False)
    own = rows["death_date"] if "death_date" in rows else pd.Series(pd.NaT, rows.index)
    refused = rows.index.isin(found.index[found["column"] == "death_date"])
    dated = dead & own.notna()
    found = found[~((found["column"] == "date") & found.index.isin(rows.index[dated]))]
    undated = dead & ~dated & ~refused & (rows["date"].isna() if "death_date" not in rows else True)
    undated &= ~rows.index.isin(found.index[(found["column"] == "date") & (found["kind"] != "missing")])
    living = rows.index[own.notna() & ~dead]
    more = [
        findings(living, "inconsistent", "a date of death, and the status is not dead", "status"),
        findings(rows.index[dated & (own < rows["date"])], "impossible_date",
                 "the last contact is after the death, which counts", "death_date"),
        findings(rows.index[dead & refused], "missing", "dead, and the date of death cannot be read", "date"),
    ]  # fmt: skip
    date = rows["date"].mask(dated, own)
    if study.deaths_without_date == "last_contact":
        last = rows["date"].groupby(rows["patient_id"]).transform("max")
        taken = undated & last.notna()
        date = date.mask(taken, last)
        found = found[~((found["column"] == "date") & found.index.isin(rows.index[taken]))]
        reason = "no date of death: that of the last contact is taken (deaths_without_date)"
        more.append(findings(rows.index[taken], "partial_date", reason, "date"))
        undated &= ~taken
    told = rows.index[undated & ~rows.index.isin(found.index[found["column"] == "date"])]
    more.append(findings(told, "missing", "dead, and no date of death", "date"))
    return rows.assign(date=date), pd.concat([found, *(part for part in more if len(part))])
