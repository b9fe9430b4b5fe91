from oligomet.journal import read_journal

# Tables and figures choose and format rows of the estimates. The tables are one job, as the figures are, since importing
# what makes them costs more than making them.
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


rule figures:
    """The figures of the paper, as SVG, PNG and PDF: for readers and journals."""
    input:
        estimates=table("estimates/estimates"),
        study=declared_study,
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
        decisions=decisions(*wording, "figures"),
        drawn_for=drawn_for,
    script:
        "../scripts/make_figures.py"
