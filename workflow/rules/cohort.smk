not_declared = {f"cohort/{role}" for role in OPTIONAL if role not in study.sources}
cohort_tables = [name for name in TABLES if name.startswith("cohort/") and name not in not_declared]


rule cohort:
    """Cleaned records, who was screened, and every row that did not go on: for data managers."""
    input:
        **{role: table(f"extracted/{role}") for role in study.sources},
        study=declared_study,
        code=code("build_cohort"),
    output:
        **{name.partition("/")[2]: table(name) for name in cohort_tables},
        quarantined_cells=table("extracted/quarantined_cells"),
    log:
        logfile("cohort"),
    params:
        synthetic=study.synthetic is not None,  # and whose key is therefore public
        decisions=decisions(*cleaning),
    script:
        "../scripts/build_cohort.py"
