rule extract:
    """The hospital's exports as text, each row with its file, sheet and line: what cleaning starts from."""
    input:
        raw=files_of_exports,
        code=code("extract"),
    output:
        **{role: table(f"extracted/{role}") for role in study.sources},
    log:
        logfile("extract"),
    params:
        study=study_file,
        decisions=decisions("sources"),
    script:
        "../scripts/extract.py"
