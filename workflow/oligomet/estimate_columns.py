"""The columns of the estimates, which displays, notebooks, manuscript and audit read: what a number is, and of what."""

from oligomet.columns import Column

ESTIMATES: dict[str, Column] = {
    "analysis": Column("text", "kind of analysis, e.g. description, response, survival, logrank, cox"),
    "endpoint": Column("text", "endpoint or outcome", False),
    "unit": Column("text", "unit of analysis", False, allowed=("patient", "lesion", "study", "row")),
    "population": Column("text", "who was analysed, e.g. all, evaluable"),
    "by": Column("text", "factor by whose groups a table is divided", False),
    "by_group": Column("text", "which of these groups", False),
    "factor": Column("text", "factor of study.yaml, or the variable described", False),
    "group": Column("text", "its group; of a ratio or difference, the one compared", False),
    "reference": Column("text", "the group that it is compared with", False),
    "grade": Column("text", "CTCAE grade, e.g. 2 or ≥ 3", False),
    "value": Column("number", "of a curve: the value of the variable, in its unit", False),
    "form": Column(
        "text",
        "how a continuous variable stands in the model: linear, spline, cut, per 10 Gy; of complete response, how "
        "systemic therapy begun before it is taken",
        False,
    ),
    # the choices of an analysis of robustness, see estimates.robustness.choices.Choice
    "dependence": Column(
        "text", "lesions of a patient", False, allowed=("independent", "clustered", "weighted", "frailty")
    ),
    "hazard": Column("text", "which hazard", False, allowed=("cause-specific", "subdistribution")),
    "clock": Column("text", "from when a response counts", False, allowed=("start", "landmark", "time-dependent")),
    "adjustment": Column(
        "text", "the model that the factor stands in", False, allowed=("alone", "published", "prespecified")
    ),
    "fit": Column("text", "how it is fitted", False, allowed=("likelihood", "penalised")),
    "ties": Column("text", "how ties are taken", False, allowed=("breslow", "efron")),
    "missing": Column("text", "whom a value lacks", False, allowed=("complete", "imputed")),
    "timing": Column("text", "how follow-up is timed: declared, unrounded, interval, censored at ...", False),
    "statistic": Column("text", "what estimate is"),
    "time_months": Column("number", "time the statistic belongs to, or the landmark", False),
    "estimate": Column("number", "value; proportions between 0 and 1", False),
    "conf_low": Column("number", "lower limit", False),
    "conf_high": Column("number", "upper limit", False),
    "n": Column("integer", "denominator, or number at risk", False),
    "events": Column("integer", "numerator, or events", False),
    "p_value": Column("number", "p, two-sided unless the method says otherwise", False, at_least=0, at_most=1),
    "method": Column("text", "method and its options"),
    "reason": Column("text", "why the estimate is empty, where it is", False),
}
