# The synthetic hospital writes the raw exports anew. It is asked for by name, and no analysis ever asks for it.
rule synthesise:
    input:
        code=code("synthesise"),
    log:
        logfile("synthesise"),
    params:
        study=study_file,
        decisions=decisions(*study_sections),
    script:
        "../scripts/synthesise.py"


# What the published numbers are in the outcomes of this run: does the synthetic cohort carry them?
rule calibration:
    input:
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        responses=table("outcomes/responses"),
        times=table("outcomes/times"),
        toxicities=table("outcomes/toxicities"),
        code=code("check_calibration"),
    output:
        calibration=table("synthetic/calibration"),
    log:
        logfile("calibration"),
    params:
        study=study_file,
        decisions=decisions("analyses", "factors"),
    script:
        "../scripts/check_calibration.py"
