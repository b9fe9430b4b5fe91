# What one uploads. Asked for by name: snakemake submission.
rule submission:
    """The paper, its figures and tables one file each, checklists and an RO-Crate: for authors and editors."""
    input:
        project=f"{results}/manuscript/project",
        manuscript=manuscript_files,
        declared=[file for file in [of_workflow("requirements.lock")] if Path(file).is_file()],
        snakefile=of_workflow("Snakefile"),
        study=declared_study,
        code=code("make_submission"),
    output:
        folder=directory(f"{results}/submission"),
    log:
        logfile("submission"),
    params:
        folders=manuscript,
        journal=options.journal,
        decisions=decisions("data_cut", "synthetic", "title"),
    script:
        "../scripts/make_submission.py"
