# Tables and figures choose and format rows of the estimates; each depends on its own declaration.
tables = [f"{results}/tables/{name}.{kind}" for name in study.tables for kind in ("csv", "html")]
figures = [f"{results}/figures/{name}.{kind}" for name in study.figures for kind in ("svg", "png", "pdf")]
wording = ["analyses", "eligibility", "endpoints", "factors", "response", "sites", "synthetic", "title", "toxicity"]


rule table:
    """One table of the paper, as CSV for machines and HTML for readers."""
    input:
        estimates=table("estimates/estimates"),
        literature=f"{published}/literature.csv",
        code=code("make_table"),
    output:
        csv=f"{results}/tables/{{table}}.csv",
        html=report(
            f"{results}/tables/{{table}}.html",
            caption="../report/table.rst",
            category="Tables",
            labels=lambda wildcards: {"table": wildcards.table[5:], "title": study.tables[wildcards.table].title},
        ),
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
    """One figure of the paper, as SVG, PNG and PDF: for readers and journals."""
    input:
        estimates=table("estimates/estimates"),
        code=code("make_figure"),
    output:
        report(
            f"{results}/figures/{{figure}}.svg",
            caption="../report/figure.rst",
            category="Figures",
            labels=lambda wildcards: {"figure": wildcards.figure[6:], "title": study.figures[wildcards.figure].title},
        ),
        multiext(f"{results}/figures/{{figure}}", ".png", ".pdf"),
    log:
        f"{results}/logs/{{figure}}.log",
    wildcard_constraints:
        figure=r"figure\d+",
    params:
        study=study_file,
        decisions=lambda wildcards: decisions(*wording, f"figures.{wildcards.figure}"),
    script:
        "../scripts/make_figure.py"
