"""What a trial's protocol asked for and got: scans, deviations and accrual, of all centres and of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.estimate_rows import tabulate

if TYPE_CHECKING:
    from oligomet.study import Study

OUT_OF = {"excluded": "screened", "evaluable": "lesions", "scans_missed": "scans_due", "scans_off": "scans_due"}


def estimate_compliance(
    centres: pd.DataFrame, deviations: pd.DataFrame, accrual: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Counts of what the protocol asked for.

    Parameters
    ----------
    centres, deviations, accrual
        The tables of those names of the protocol stage.
    study
        A study that declares no protocol has none.

    Returns
    -------
    Rows of `estimates`, analysis compliance, unit row, statistic count; `n` is what the count is out of:

    - factor <column of protocol/centres>, of all or by_group a centre;
    - factor deviation, group <kind>;
    - factor accrual, no group or a group that is planned for: lesions treated by the last month, of n planned.
    """
    rows: list[dict] = []
    for centre in centres.to_dict("records"):
        name = centre.pop("centre")
        by = {} if name == "all" else {"by": "centre", "by_group": name}
        rows += [
            {**by, "factor": what, "estimate": count, "n": centre.get(OUT_OF.get(str(what), "")) or count}
            for what, count in centre.items()
        ]
    kinds = deviations["kind"].value_counts(sort=False)
    rows += [
        {"factor": "deviation", "group": kind, "estimate": count, "n": len(deviations)} for kind, count in kinds.items()
    ]
    for last in accrual.drop_duplicates("group", keep="last").to_dict("records"):
        group = {} if last["group"] == "all" else {"group": last["group"]}
        rows.append({"factor": "accrual", **group, "estimate": last["treated"], "n": last["planned"]})
    shared = {"analysis": "compliance", "unit": "row", "population": "all", "statistic": "count", "method": "count"}
    return tabulate({**shared, **row} for row in rows)
