# What moved since an earlier run. Asked for by name: snakemake revision --config before=<a copy of results/<study>, or a commit>.
if "revision" in sys.argv and not options.before:
    stop(
        "revision compares with earlier results: --config before=<a copy of results/<study>, or a commit of expected/>."
    )


rule revision:
    """What moved since earlier results, with the changes marked in the paper: for authors who revise."""
    input:
        estimates=table("estimates/estimates"),
        tables=[file for file in tables if file.endswith(".csv")],
        project=f"{results}/manuscript/project",
        before=sorted(str(file) for file in Path(options.before).rglob("*.csv")) if options.before else [],
        manuscript=manuscript_files,
        study=declared_study,
        code=code("compare_revision"),
    output:
        folder=directory(f"{results}/revision"),
    log:
        logfile("revision"),
    params:
        before=options.before,
        expected=f"{study_folder}/expected",
        values=f"{results}/manuscript/values.csv",
        folders=manuscript,
        engine=options.manuscript.engine,
        journal=options.journal,
        decisions=decisions(*study_sections),
    script:
        "../scripts/compare_revision.py"
