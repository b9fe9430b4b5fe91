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
