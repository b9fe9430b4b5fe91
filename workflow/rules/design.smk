# How many lesions the declared rates ask for, and what becomes of that where lesions are alike: snakemake design. A job a
# chunk of the replicates, as many as config.yaml says; the numbers are the same whatever it says.
if study.sample_size:

    rule operating_characteristics:
        """A chunk of the replicates of every scenario, tests and intervals under known truth: a part of the design."""
        input:
            study=declared_study,
            code=code("draw_designs"),
        output:
            chunk=f"{results}/design/chunks/{{chunk}}_of_{options.design.chunks}.csv",
        log:
            f"{results}/logs/design_{{chunk}}_of_{options.design.chunks}.log",
        params:
            decisions=decisions("analyses.confidence", "complete_response", "sample_size"),
            chunks=options.design.chunks,
        script:
            "../scripts/draw_designs.py"

    rule design:
        """Sample sizes of the declared rates, and their operating characteristics: before a trial begins."""
        input:
            chunks=[
                f"{results}/design/chunks/{chunk}_of_{options.design.chunks}.csv"
                for chunk in range(options.design.chunks)
            ],
            study=declared_study,
            code=code("describe_design"),
        output:
            sizes=f"{results}/design/sizes.csv",
            operating_characteristics=f"{results}/design/operating_characteristics.csv",
            page=f"{results}/design/sizes.html",
            coverage=f"{results}/design/coverage.html",
            figure=multiext(f"{results}/design/figure", ".svg", ".png", ".pdf"),
        log:
            logfile("design"),
        params:
            decisions=decisions(
                "analyses.confidence",
                "complete_response",
                "privacy.smallest_cell",
                "sample_size",
                "synthetic",
                "title",
            ),
            drawn_for=drawn_for,
        script:
            "../scripts/describe_design.py"

elif "design" in sys.argv:
    stop(f"{study_file} declares no sample_size: the rates of complete_response.hypotheses ask for no size.")
