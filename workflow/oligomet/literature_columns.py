"""The columns of published/literature: what others published, with the study; read, never written."""

from oligomet.columns import RESPONSES, Column

LITERATURE: dict[str, Column] = {
    "study_id": Column("identifier", "first author and year"),
    "label": Column("text", "the same as it is shown"),
    "kind": Column("term", "kind of publication", allowed=("study", "protocol", "review")),
    "status": Column(
        "term",
        "what is known of it as a row of a published table",
        False,
        allowed=("this study", "confirmed", "inferred", "candidate", "not a row"),
    ),
    "series": Column("text", "kind of series, one of those that `tables` labels under series, e.g. ovarian or mixed"),
    "year": Column("integer", "year of publication", False),
    "journal": Column("text", "journal, volume and pages as far as known", False),
    "doi": Column("text", "digital object identifier", False),
    "address": Column("text", "public address of the publication or its abstract"),
    "design": Column("text", "design, centres, years of treatment"),
    "population": Column("text", "who was treated"),
    "n_patients": Column("integer", "patients", False, at_least=1),
    "n_ovarian_patients": Column("integer", "of these, with ovarian cancer", False, at_least=0),
    "n_lesions": Column("integer", "irradiated lesions or sites", False, at_least=1),
    "n_evaluable_lesions": Column("integer", "of these, evaluable for response", False, at_least=1),
    "technique": Column("text", "technique"),
    "radiotherapy": Column("text", "its kind, e.g. stereotactic, conventional or both", False),
    "dose_fractionation": Column("text", "dose and fractions", False),
    "bed10_gy": Column("text", "BED, alpha/beta 10 Gy, as text: medians, ranges", False),
    "response_criteria": Column("text", "criteria and time of the response", False),
    "response_unit": Column("term", "what the response counts", False, allowed=("lesion", "patient", "site")),
    "response_n": Column("integer", "denominator of the response", False, at_least=1),
    **{
        f"{response.lower()}_n": Column("integer", f"of these, {response}", False, at_least=0)
        for response in RESPONSES[:4]
    },
    **{
        f"{rate}_pct": Column("number", f"{rate.upper()} in percent, as published", False, at_least=0, at_most=100)
        for rate in ("cr", "orr", "dcr")
    },
    "lc_measure": Column(
        "term",
        "what the rates of local control are",
        False,
        allowed=("local control", "local-failure-free survival", "local-progression-free survival"),
    ),
    "lc_unit": Column("term", "what local control counts", False, allowed=("lesion", "patient", "site")),
    "lc_n": Column("integer", "how many were followed for it", False, at_least=1),
    **{
        f"lc_{year}y_pct": Column("number", f"local control at {year} years", False, at_least=0, at_most=100)
        for year in (1, 2, 3, 5)
    },
    "pfs_median_months": Column("number", "median progression-free survival", False, at_least=0),
    "pfs_2y_pct": Column("number", "progression-free survival at 2 years", False, at_least=0, at_most=100),
    "os_median_months": Column("number", "median overall survival", False, at_least=0),
    "os_2y_pct": Column("number", "overall survival at 2 years", False, at_least=0, at_most=100),
    "os_5y_pct": Column("number", "overall survival at 5 years", False, at_least=0, at_most=100),
    "follow_up_median_months": Column("number", "median follow-up", False, at_least=0),
    "grade3plus_toxicity": Column("text", "toxicity of grade 3 or more", False),
    "not_as_reported": Column("text", "which values were computed, inferred or assumed, and how", False),
    "note": Column("text", "what else a reader should know", False),
}
