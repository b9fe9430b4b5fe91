# Everything that is wrong with a study, at once. A run begins with it; asked for by name, common.smk tells it.
rule validate:
    """Everything that is wrong with the declarations and the exports, at once, before anything else: for everyone."""
    input:
        raw=files_of_exports,
        code=code("validate"),
    output:
        problems=table("validation"),
    log:
        logfile("validate"),
    params:
        study=study_file,
        name=options.study,
        decisions=decisions(*cleaning),
    script:
        "../scripts/validate.py"


# The list is the last thing on the screen, after what Snakemake says of a job that failed.
onerror:
    if not Path(table("validation")).is_file():
        raise SystemExit(tell_problems())
