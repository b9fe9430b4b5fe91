# The analyses that should have been run, beside those that were, as a section of the paper.
robustness_section = [f"{results}/manuscript/robustness.md"] * bool(study.robustness)


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
