# The analyses that should have been run, beside those that were: a part of the estimates where a study declares them.
rule estimate_robustness:
    input:
        times=table("outcomes/times"),
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
