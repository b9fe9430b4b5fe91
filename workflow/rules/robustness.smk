# The analyses that should have been run, beside those that were: a part of the estimates where a study declares them,
# and a section of the paper.
robustness_section = [f"{results}/manuscript/robustness.md"] * bool(study.robustness)


rule estimate_robustness:
    """The estimates of the analyses of robustness: a part of the one table of estimates."""
    input:
        times=table("outcomes/times"),
        recensored=table("outcomes/recensored"),
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        responses=table("outcomes/responses"),
        code=code("estimate_robustness"),
    output:
        table("estimates/parts/robustness"),
    log:
        logfile("estimate_robustness"),
    params:
        study=study_file,
        decisions=decisions("analyses", "endpoints", "factors", "months", "robustness"),
    script:
        "../scripts/estimate_robustness.py"


rule robustness_section:
    """The paper's section on robustness, as markdown: a part of the paper."""
    input:
        estimates=table("estimates/estimates"),
        code=code("write_robustness"),
    output:
        f"{results}/manuscript/robustness.md",
    log:
        logfile("robustness_section"),
    params:
        study=study_file,
        decisions=decisions("analyses", "endpoints", "factors", "robustness", "synthetic"),
    script:
        "../scripts/write_robustness.py"
