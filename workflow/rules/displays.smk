# Tables and figures choose and format rows of the estimates; each depends on its own declaration.
tables = [f"{results}/tables/{name}.{kind}" for name in study.tables for kind in ("csv", "html")]
figures = [f"{results}/figures/{name}.{kind}" for name in study.figures for kind in ("svg", "png", "pdf")]
wording = ["analyses", "eligibility", "endpoints", "factors", "response", "sites", "synthetic", "title", "toxicity"]


rule table:
    input:
        estimates=table("estimates/estimates"),
        literature=f"{published}/literature.csv",
        code=code("make_table"),
    output:
        csv=f"{results}/tables/{{table}}.csv",
        html=f"{results}/tables/{{table}}.html",
    log:
        f"{results}/logs/{{table}}.log",
    wildcard_constraints:
        table=r"table\d+",
    params:
        study=study_file,
        decisions=lambda wildcards: decisions(*wording, f"tables.{wildcards.table}"),
    script:
        "../scripts/make_table.py"


rule figure:
    input:
        estimates=table("estimates/estimates"),
        code=code("make_figure"),
    output:
        multiext(f"{results}/figures/{{figure}}", ".svg", ".png", ".pdf"),
    log:
        f"{results}/logs/{{figure}}.log",
    wildcard_constraints:
        figure=r"figure\d+",
    params:
        study=study_file,
        decisions=lambda wildcards: decisions(*wording, f"figures.{wildcards.figure}"),
    script:
        "../scripts/make_figure.py"
