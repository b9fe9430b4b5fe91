# The outcomes for other programs. Asked for by name: snakemake export.
rule export:
    """ADSL, ADTTE and ADRS as SAS transport files and CSV: for statisticians with other programs."""
    input:
        **{name: table(f"outcomes/{name}") for name in ("patients", "events", "times", "responses")},
        study=declared_study,
        code=code("export_adam"),
    output:
        [f"{results}/export/{name}.{kind}" for name in ("adsl", "adtte", "adrs") for kind in ("xpt", "csv")],
    log:
        logfile("export"),
    params:
        decisions=decisions("data_cut", "endpoints", "factors", "sources", "study"),
    script:
        "../scripts/export_adam.py"
