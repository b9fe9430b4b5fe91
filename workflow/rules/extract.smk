rule extract:
    input:
        raw=raw_files,
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
