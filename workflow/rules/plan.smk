# The analysis plan, before there are results. Asked for by name: snakemake sap.
rule sap:
    """The statistical analysis plan as PDF and DOCX, and what deviates from a frozen one: for trial groups."""
    input:
        declared=study_file,
        manuscript=manuscript_files,
        frozen=[file for file in [f"{study_folder}/plan.yaml"] if Path(file).is_file()],
        code=code("write_plan"),
    output:
        [f"{results}/plan/plan.{kind}" for kind in ("pdf", "docx", "yaml")],
    log:
        logfile("sap"),
    params:
        folders=manuscript,
        options={"engine": options.manuscript.engine, "journal": options.journal},
    script:
        "../scripts/write_plan.py"
