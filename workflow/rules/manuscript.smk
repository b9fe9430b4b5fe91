paper = [f"{results}/manuscript/paper.{kind}" for kind in ("html", "pdf", "docx")]


rule paper:
    """The paper as HTML, PDF and DOCX, and where each number in its prose comes from: for authors."""
    input:
        manuscript=[str(file) for file in sorted(Path(of_workflow("manuscript")).rglob("*")) if file.is_file()],
        notebooks=[file for file in notebooks if file.endswith(".ipynb")],
        estimates=table("estimates/estimates"),
        claims=[table("audit/claims")] * audited,
        parts=appendix,
        code=code("render_paper"),
    output:
        papers=[
            report(
                file, caption="../report/paper.rst", category="Paper", labels={"format": Path(file).suffix[1:].upper()}
            )
            for file in paper
        ],
        values=f"{results}/manuscript/values.csv",
        project=directory(f"{results}/manuscript/project"),
    log:
        logfile("paper"),
    params:
        study=study_file,
        engine=options.manuscript.engine,
        decisions=decisions(*study_sections),
    script:
        "../scripts/render_paper.py"
