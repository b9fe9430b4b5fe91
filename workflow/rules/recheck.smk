# The tables once more, in R. Asked for by name: snakemake recheck_in_r.
from oligomet.recheck.r_script import rechecked_tables


rule recheck_in_r:
    """An R script for each table, which computes it anew from the outcomes: for statisticians who use R."""
    input:
        study=declared_study,
        code=code("write_r_scripts"),
    output:
        [f"{results}/recheck/{name}.R" for name in rechecked_tables(study)],
    log:
        logfile("recheck_in_r"),
    params:
        decisions=decisions("analyses", "endpoints", "factors", "sites", "tables"),
    script:
        "../scripts/write_r_scripts.py"
