# The paper in two steps: everything that can go wrong does so in the first, which has a folder of its own, so that the last
# good paper stays where it is until there is a better one.
import shutil

from oligomet.manuscript import DOCUMENTS

papers = [f"{results}/manuscript/{document}.{kind}" for document in DOCUMENTS for kind in ("html", "pdf", "docx")]
paper = [*papers, f"{results}/manuscript/project"]  # both are asked for: one that failed has no project, and runs again


rule manuscript:
    """The paper's Quarto project, rendered, with a list of the numbers in its prose: for authors."""
    input:
        manuscript=manuscript_files,
        notebooks=[file for file in notebooks if file.endswith(".ipynb")],
        estimates=table("estimates/estimates"),
        claims=[claims] * audited,
        verdicts=[table("audit/claims")] * audited,
        appendix=appendix,
        study=declared_study,
        code=code("render_paper"),
    output:
        project=directory(f"{results}/manuscript/project"),
    log:
        logfile("manuscript"),
        values=f"{results}/manuscript/values.csv",  # a log, as it is to be there when a name is wrong
    params:
        folders=manuscript,
        engine=options.manuscript.engine,
        quarto=shutil.which("quarto") is not None,  # one that comes or goes renders the paper anew
        journal=options.journal,
        asked=(journal.name, journal.abstract_words),
        decisions=decisions(*study_sections),
    script:
        "../scripts/render_paper.py"


rule paper:
    """The paper and its supplement as HTML, PDF and DOCX: for readers."""
    input:
        project=f"{results}/manuscript/project",
    output:
        [
            report(
                file,
                caption="../report/paper.rst",
                category="Paper",
                labels={"document": Path(file).stem, "format": Path(file).suffix[1:].upper()},
            )
            for file in papers
        ],
    log:
        logfile("paper"),
    params:
        decisions=decisions("synthetic", "title"),  # for the caption in Snakemake's report
    shell:
        # The hashes beside the log, as scripts/common.py has them for the jobs that are scripts.
        '{{ record=$(dirname {log:q})/paper.sha256; rm -f "$record"; '
        "for paper in {output:q}; do cp {input.project:q}/$(basename $paper) $paper; done; "
        '$(command -v sha256sum || echo shasum -a 256) {output:q} > "$record"; }} 2> {log:q}'
