# Tables and figures choose and format rows of the estimates. A table depends on its own declaration; the figures are one
# job, since importing what draws them costs more than drawing them.
tables = [f"{results}/tables/{name}.{kind}" for name in study.tables for kind in ("csv", "html")]
figures = [f"{results}/figures/{name}.{kind}" for name in study.figures for kind in ("svg", "png", "pdf")]
wording = ["analyses", "eligibility", "endpoints", "factors", "privacy.smallest_cell", "response", "sites", "synthetic"]
wording += ["title", "toxicity"]


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


rule figures:
    """The figures of the paper, as SVG, PNG and PDF: for readers and journals."""
    input:
        estimates=table("estimates/estimates"),
        code=code("make_figures"),
    output:
        [
            report(
                f"{results}/figures/{name}.svg",
                caption="../report/figure.rst",
                category="Figures",
                labels={"figure": name[6:], "title": figure.title},
            )
            for name, figure in study.figures.items()
        ],
        [file for file in figures if not file.endswith(".svg")],
    log:
        logfile("figures"),
    params:
        study=study_file,
        decisions=decisions(*wording, "figures"),
    script:
        "../scripts/make_figures.py"
