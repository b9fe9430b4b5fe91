rule extract:
    """The hospital's exports as text, each row with its file, sheet and line: what cleaning starts from."""
    input:
        raw=files_of_exports,
        study=declared_study,
        code=code("extract"),
    output:
        **{role: table(f"extracted/{role}") for role in study.sources},
    log:
        logfile("extract"),
        problems=table("validation"),  # a log, as it is to be there when something stops the run
    params:
        name=options.study,
        decisions=decisions(*cleaning),
    script:
        "../scripts/extract.py"


rule remove_extracted:
    """The exports' text, identifiers included, is deleted; the results stay up to date: for data managers."""
    log:
        logfile("remove_extracted"),
    params:
        folder=f"{results}/extracted",
    shell:
        "if [ -d {params.folder:q} ]; then find {params.folder:q}/ -mindepth 1 -delete; fi > {log:q} 2>&1; "
        "rmdir {params.folder:q} >> {log:q} 2>&1 || true"


rule registry:
    """A REDCap data dictionary with the study's terms, and the sources that read it: for a new registry."""
    input:
        study=declared_study,
        code=code("set_up_registry"),
    output:
        dictionary=f"{results}/registry/dictionary.csv",
        sources=f"{results}/registry/sources.yaml",
    log:
        logfile("registry"),
    params:
        decisions=decisions("sources", "terms"),
    script:
        "../scripts/set_up_registry.py"
