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
        decisions=decisions("parsing.decimal", "sources"),
    script:
        "../scripts/extract.py"


rule remove_extracted:
    """Deletes the exports' text, identifiers included, from the results, which stay up to date."""
    log:
        logfile("remove_extracted"),
    params:
        folder=f"{results}/extracted",
    shell:
        "rm -rf {params.folder:q} > {log:q} 2>&1"


rule registry:
    """A REDCap data dictionary with the study's terms, and the sources that read its exports: for a new registry."""
    input:
        code=code("set_up_registry"),
    output:
        dictionary=f"{results}/registry/dictionary.csv",
        sources=f"{results}/registry/sources.yaml",
    log:
        logfile("registry"),
    params:
        study=study_file,
        decisions=decisions("sources", "terms"),
    script:
        "../scripts/set_up_registry.py"
