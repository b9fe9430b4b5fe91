from oligomet.journal import read_journal

# Tables and figures choose and format rows of the estimates. The tables are one job: each takes a fraction of a second.
tables = [f"{results}/tables/{name}.{kind}" for name in study.tables for kind in ("csv", "html")]
figures = [f"{results}/figures/{name}.{kind}" for name in study.figures for kind in ("svg", "png", "pdf")]
number_of = {name: number for names in (study.tables, study.figures) for number, name in enumerate(names, 1)}
wording = [
    "analyses",
    "complete_response",
    "eligibility",
    "endpoints",
    "factors",
    *["imaging_schedule"] * any(one.kind == "compliance" for one in study.tables.values()),
    "prediction",
    "privacy.smallest_cell",
    "response",
    "sites",
    "synthetic",
    "title",
    "toxicity",
]
# What the journal asks of figures: their width, their letters, the formats beside those for readers.
manuscript = [folder for folder in (f"{study_folder}/manuscript", of_workflow("manuscript")) if Path(folder).is_dir()]
manuscript_files = [str(file) for folder in manuscript for file in sorted(Path(folder).rglob("*")) if file.is_file()]
journals = {
    file.parent.name: file for folder in reversed(manuscript) for file in Path(folder).glob("journals/*/journal.yml")
}
if options.journal not in journals:
    stop(f"config.yaml: journal: there is no {options.journal}; there are {', '.join(sorted(journals))}.")
try:
    journal = read_journal(journals[options.journal])
    drawn_for = journal.figures.model_dump()
except ConfigurationError as problems:
    stop(problems)


rule tables:
    """The tables of the paper, as CSV for machines and HTML for readers."""
    input:
        **literature,
        estimates=table("estimates/estimates"),
        study=declared_study,
        code=code("make_tables"),
    output:
        [
            report(
                f"{results}/tables/{name}.html",
                caption="../report/table.rst",
                category="Tables",
                labels={"table": str(number_of[name]), "title": declared.title},
            )
            for name, declared in study.tables.items()
        ],
        [file for file in tables if not file.endswith(".html")],
    log:
        logfile("tables"),
    params:
        decisions=decisions(*wording, "tables"),
    script:
        "../scripts/make_tables.py"


rule figure:
    """A figure of the paper, as SVG, PNG and PDF: for readers and journals."""
    input:
        estimates=table("estimates/estimates"),
        study=declared_study,
        code=code("make_figure"),
    output:
        report(
            f"{results}/figures/{{figure}}.svg",
            caption="../report/figure.rst",
            category="Figures",
            labels=lambda wildcards: {
                "figure": str(number_of[wildcards.figure]),
                "title": study.figures[wildcards.figure].title,
            },
        ),
        [f"{results}/figures/{{figure}}.{kind}" for kind in ("png", "pdf")],
    log:
        logfile("figure_{figure}"),
    params:
        decisions=lambda wildcards: decisions(*wording, f"figures.{wildcards.figure}"),
        drawn_for=drawn_for,
    script:
        "../scripts/make_figure.py"


rule figures:
    """All figures of the paper: for who wants to see these first."""
    input:
        figures,
