"""Tables beside the five of the paper, for the notebooks: raw rows, response rates, survival rates, toxicity."""

from __future__ import annotations

import pandas as pd

from oligomet.displays import formats
from oligomet.displays.counts import CLASSES, MEANING
from oligomet.displays.presentation import Table
from oligomet.displays.tables import SUBJECTS, synthetic_note
from oligomet.schemas import TABLES
from oligomet.tables import row, rows

FATES = ["raw", "analysed", "quarantined"]


def raw_rows(estimates: pd.DataFrame, study) -> Table:
    """What became of the rows of each source."""
    flow = rows(estimates, analysis="flow", unit="row")
    counts = flow[flow["level"].isin(FATES)].set_index(["factor", "level"])["estimate"].unstack()  # noqa: PD010
    frame = counts.reindex(index=list(study.sources), columns=FATES).astype("Int64").rename_axis("source").reset_index()
    frame.insert(1, "file", [_file(study.sources[role]) for role in study.sources])
    return Table(
        frame.assign(source=frame["source"].map(_words)),
        "Rows of the raw exports",
        {"source": "Source", "file": "File", "raw": "Rows", "analysed": "Analysed", "quarantined": "Quarantined"},
        words=("file",),
        notes=["Rows of patients who were not eligible are in quarantine, too.", *synthetic_note(study)],
    )


def quarantine(estimates: pd.DataFrame, study) -> Table:
    """Why rows or cells were set aside: entries by source, a column a kind that occurred."""
    flow = rows(estimates, analysis="flow", unit="row")
    entries = flow[~flow["level"].isin(FATES)].set_index(["factor", "level"])["estimate"].unstack()  # noqa: PD010
    kinds = [kind for kind in TABLES["cohort/quarantine"]["kind"].allowed if kind in entries]
    frame = entries.reindex(index=list(study.sources), columns=kinds).fillna(0).astype("Int64")
    frame = frame.rename(index=_words).rename_axis("source").reset_index()
    return Table(
        frame,
        "Entries in quarantine, by source and kind",
        {"source": "Source", **{kind: _words(kind) for kind in kinds}},
        notes=["A row can have more than one entry; an entry can be about one cell of a row that was analysed."],
    )


def response_rates(estimates: pd.DataFrame, study) -> Table:
    """Response at the first assessment and at best, of lesions and of patients, with both denominators."""
    response = rows(estimates, analysis="response", factor=None)
    lines = []
    for unit in ("lesion", "patient"):
        for endpoint, when in (("first", "First assessment"), ("best", "Best response")):
            for population in ("evaluable", "all"):
                found = rows(response, unit=unit, endpoint=endpoint, population=population).set_index("statistic")
                rates = [_rate(found.loc[name]) for name in ("ORR", "DCR")]
                lines.append(
                    (
                        f"Per {unit}",
                        f"{when}, {population}",
                        found.loc["ORR", "n"],
                        *found.loc[CLASSES, "events"],
                        *rates,
                    )
                )
    frame = pd.DataFrame(lines, columns=["unit", "assessment", "n", *CLASSES, "orr", "dcr"])
    interval = formats.percent(study.analyses.confidence, 0)
    return Table(
        frame.astype({name: "Int64" for name in ["n", *CLASSES]}),
        "Response, by unit of analysis, assessment and denominator",
        {"assessment": "Assessment, denominator", "n": "n", **{name: name for name in CLASSES},
         "orr": f"CR + PR, % ({interval} CI)", "dcr": f"CR + PR + SD, % ({interval} CI)"},
        group="unit",
        notes=[
            f"{'; '.join(f'{name}, {MEANING[name]}' for name in CLASSES)}. A patient's response is that of the "
            f"{study.response.patient} irradiated lesion. {study.analyses.proportion_interval.title()} intervals.",
            *synthetic_note(study),
        ],
    )  # fmt: skip


def _rate(one: pd.Series) -> str:
    return formats.percent_ci(one["estimate"], one["conf_low"], one["conf_high"], 1, "")


def response_models(estimates: pd.DataFrame, study) -> Table:
    """What goes with a response of the lesions: each factor alone, and together, without and with Firth's penalty."""
    alone, together = (rows(estimates, analysis=f"logistic_{how}") for how in ("univariable", "multivariable"))
    lines = []
    for one in rows(together, statistic="odds_ratio").itertuples():
        at = {"endpoint": one.endpoint, "factor": one.factor, "level": one.level}
        two = [row(part, statistic="odds_ratio", **at) for part in (alone, together)]
        outcome = f"{study.factors[one.endpoint].label}: {formats.count(one.events)} of {formats.count(one.n)} lesions"
        cells = [show(found) for found in two for show in (_ratio, lambda found: formats.p_value(found["p_value"]))]
        firth = _ratio(row(together, statistic="firth_odds_ratio", **at))
        lines.append((outcome, study.factors[one.factor].label, one.level, *cells, firth))
    interval = formats.percent(study.analyses.confidence, 0)
    columns = ["alone", "p_alone", "together", "p_together", "firth"]
    return Table(
        pd.DataFrame(lines, columns=["outcome", "factor", "level", *columns]),
        "Response of the irradiated lesions, by factor",
        {
            "factor": "Characteristic",
            "level": "Groups",
            **dict(zip(columns, ("Alone", "p", "Together", "p", "Together, Firth’s penalty"), strict=True)),
        },
        group="outcome",
        spanners={f"Odds ratio ({interval} CI)": columns},
        notes=[
            "Logistic regression at the first assessment, of the lesions whose response and factors are known; alone, "
            "of those whose response and factor are. The variance is by patient; with Firth’s penalty, which keeps "
            "ratios finite where no lesion of a group responded or every one did, lesions count as independent.",
            *synthetic_note(study),
        ],
        words=("level",),
    )


def _ratio(one: pd.Series) -> str:
    if pd.isna(one["estimate"]):
        return str(one["reason"])
    return formats.estimate_ci(one["estimate"], one["conf_low"], one["conf_high"])


def survival_rates(estimates: pd.DataFrame, study, endpoint: str) -> Table:
    """Rates at the landmarks and the median, for everyone and for the groups that are compared, with log-rank p."""
    declared, landmarks = study.endpoints[endpoint], study.analyses.rates_at_months
    about = rows(estimates, endpoint=endpoint, unit=declared.per, population="all")
    lines = [("", f"All {SUBJECTS[declared.per]}", *_summaries(rows(about, factor=None), landmarks), pd.NA)]
    for name in study.analyses.compare.get(endpoint, []):
        of_factor = rows(about, factor=name)
        p_value = formats.p_value(row(of_factor, analysis="logrank", statistic="chi_square")["p_value"])
        for level in study.factors[name].levels:
            found = _summaries(rows(of_factor, level=level), landmarks)
            lines.append((study.factors[name].label, level, *found, p_value))
            p_value = pd.NA  # once a factor
    rates = {f"rate_{time:g}_months": f"{time:g} months" for time in landmarks}
    interval = formats.percent(study.analyses.confidence, 0)
    frame = pd.DataFrame(lines, columns=["characteristic", "level", "n", "events", *rates, "median", "p_logrank"])
    headings = {
        "level": "Group",
        "n": "n",
        "events": "Events",
        **rates,
        "median": "Median, months",
        "p_logrank": "Log-rank p",
    }
    if not study.analyses.compare.get(endpoint):
        headings.pop("p_logrank")
    return Table(
        frame.astype({"n": "Int64", "events": "Int64"}),
        f"{declared.label}: rates and medians",
        headings,
        group="characteristic",
        spanners={f"Rate, % ({interval} CI), at": list(rates)},
        notes=[
            f"Kaplan-Meier estimates with {study.analyses.survival_interval} intervals."
            + (" Deaths are censored: freedom from the event, not survival." if declared.censors_death else ""),
            *synthetic_note(study),
        ],
    )


def _summaries(found: pd.DataFrame, landmarks: list[float]) -> list:
    survival = rows(found, analysis="survival")
    median = row(survival, statistic="median")
    rates = [_rate(row(survival, statistic="survival", time_months=time)) for time in landmarks]
    middle = formats.NOT_REACHED
    if pd.notna(median["estimate"]):
        middle = formats.estimate_ci(median["estimate"], median["conf_low"], median["conf_high"], None)
    elif not median["n"]:
        middle = formats.MISSING
    return [median["n"], median["events"], *rates, middle]


def toxicity(estimates: pd.DataFrame, study) -> Table:
    """Patients with toxicity, by phase, by system and by worst grade."""
    found = rows(estimates, analysis="toxicity", unit="patient", statistic="proportion")
    found = found[(found["events"] > 0) | (found["factor"] == "phase") | (found["level"] == "≥ 3")]
    names = {"phase": "Any system", "worst_grade": "Worst grade", "grade": "Any event of grade"}
    frame = pd.DataFrame(
        {
            "system": found["factor"].map(lambda name: names.get(name, _words(name))),
            "level": found["level"].map(_words),
            "patients": found["events"],
            "percent": [formats.percent(share, 1, "") for share in found["estimate"]],
        }
    )
    return Table(
        frame.reset_index(drop=True),
        f"Toxicity ({study.toxicity.scale})",
        {"level": "Toxicity", "patients": "Patients", "percent": "%"},
        group="system",
        notes=[
            f"Late: more than {study.toxicity.late_after_days} days after radiotherapy. A patient counts once in a "
            "line, with the worst grade.",
            *synthetic_note(study),
        ],
    )


def _words(code: str) -> str:
    """A code as a reader sees it: 'impossible_date' -> 'Impossible date'."""
    return code[:1].upper() + code[1:].replace("_", " ")


def _file(source) -> str:
    return f"{source.file}, {source.sheet}" if source.sheet else source.file
