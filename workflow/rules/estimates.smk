# Two parts of the one table of estimates: the analyses, and where a study declares it their robustness.
rule estimate_analyses:
    """The estimates of the declared analyses: a part of the one table of estimates."""
    input:
        screened=table("cohort/screened"),
        quarantine=table("cohort/quarantine"),
        accounting=table("cohort/accounting"),
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        responses=table("outcomes/responses"),
        times=table("outcomes/times"),
        toxicities=table("outcomes/toxicities"),
        **literature,
        code=code("estimate_analyses"),
    output:
        table("estimates/parts/analyses"),
    log:
        logfile("estimate_analyses"),
    params:
        study=study_file,
        decisions=decisions("analyses", "eligibility", "endpoints", "factors", "tables", "terms.toxicity"),
    script:
        "../scripts/estimate_analyses.py"


rule estimates:
    """Every number of the paper, one row each, in one table: for statisticians."""
    input:
        parts=[table(f"estimates/parts/{part}") for part in ["analyses", *["robustness"] * bool(study.robustness)]],
        code=code("join_estimates"),
    output:
        estimates=table("estimates/estimates"),
    log:
        logfile("estimates"),
    params:
        study=study_file,
        decisions=decisions(),
    script:
        "../scripts/join_estimates.py"
