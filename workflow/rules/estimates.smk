# A family of analyses a rule, a part of the one table of estimates each.
estimate_parts = ["flow", "descriptive", "response", "survival", "regression", "toxicity", "literature"]
if study.robustness:
    estimate_parts.append("robustness")


rule estimate_flow:
    input:
        screened=table("cohort/screened"),
        quarantine=table("cohort/quarantine"),
        accounting=table("cohort/accounting"),
        code=code("estimate_flow"),
    output:
        table("estimates/parts/flow"),
    log:
        logfile("estimate_flow"),
    params:
        study=study_file,
        decisions=decisions("eligibility"),
    script:
        "../scripts/estimate_flow.py"


rule estimate_descriptive:
    input:
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        responses=table("outcomes/responses"),
        code=code("estimate_descriptive"),
    output:
        table("estimates/parts/descriptive"),
    log:
        logfile("estimate_descriptive"),
    params:
        study=study_file,
        decisions=decisions("analyses", "factors", "tables"),
    script:
        "../scripts/estimate_descriptive.py"


rule estimate_response:
    input:
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        responses=table("outcomes/responses"),
        code=code("estimate_response"),
    output:
        table("estimates/parts/response"),
    log:
        logfile("estimate_response"),
    params:
        study=study_file,
        decisions=decisions("analyses", "factors", "tables"),
    script:
        "../scripts/estimate_response.py"


rule estimate_survival:
    input:
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        times=table("outcomes/times"),
        code=code("estimate_survival"),
    output:
        table("estimates/parts/survival"),
    log:
        logfile("estimate_survival"),
    params:
        study=study_file,
        decisions=decisions("analyses", "endpoints", "factors"),
    script:
        "../scripts/estimate_survival.py"


rule estimate_regression:
    input:
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        times=table("outcomes/times"),
        code=code("estimate_regression"),
    output:
        table("estimates/parts/regression"),
    log:
        logfile("estimate_regression"),
    params:
        study=study_file,
        decisions=decisions("analyses", "endpoints", "factors"),
    script:
        "../scripts/estimate_regression.py"


rule estimate_toxicity:
    input:
        patients=table("outcomes/patients"),
        toxicities=table("outcomes/toxicities"),
        code=code("estimate_toxicity"),
    output:
        table("estimates/parts/toxicity"),
    log:
        logfile("estimate_toxicity"),
    params:
        study=study_file,
        decisions=decisions("analyses", "terms.toxicity"),
    script:
        "../scripts/estimate_toxicity.py"


rule estimate_literature:
    input:
        literature=f"{published}/literature.csv",
        code=code("estimate_literature"),
    output:
        table("estimates/parts/literature"),
    log:
        logfile("estimate_literature"),
    params:
        study=study_file,
        decisions=decisions("analyses"),
    script:
        "../scripts/estimate_literature.py"


rule estimates:
    input:
        parts=[table(f"estimates/parts/{part}") for part in estimate_parts],
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
