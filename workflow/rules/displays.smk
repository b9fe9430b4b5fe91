# Tables and figures choose and format rows of the estimates. A table depends on its own declaration; the figures are one
# job, since importing what draws them costs more than drawing them.
import re

tables = [f"{results}/tables/{name}.{kind}" for name in study.tables for kind in ("csv", "html")]
figures = [f"{results}/figures/{name}.{kind}" for name in study.figures for kind in ("svg", "png", "pdf")]
number_of = {name: number for names in (study.tables, study.figures) for number, name in enumerate(names, 1)}
wording = ["analyses", "eligibility", "endpoints", "factors", "privacy.smallest_cell", "response", "sites", "synthetic"]
wording += ["title", "toxicity"]


rule table:
    """One table of the paper, as CSV for machines and HTML for readers."""
    input:
        **literature,
        estimates=table("estimates/estimates"),
        code=code("make_table"),
    output:
        csv=f"{results}/tables/{{table}}.csv",
        html=report(
            f"{results}/tables/{{table}}.html",
            caption="../report/table.rst",
            category="Tables",
            labels=lambda wildcards: {
                "table": str(number_of[wildcards.table]),
                "title": study.tables[wildcards.table].title,
            },
        ),
    log:
        f"{results}/logs/{{table}}.log",
    wildcard_constraints:
        table="|".join(map(re.escape, study.tables)) or "(?!)",  # (?!): nothing
    params:
        study=study_file,
        number=lambda wildcards: number_of[wildcards.table],
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
                labels={"figure": str(number_of[name]), "title": figure.title},
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
