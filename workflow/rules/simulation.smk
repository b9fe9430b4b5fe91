# Do intervals and tests hold what they promise? Asked for by name: snakemake simulate. A job a scenario and a chunk of its
# replicates, as many as config.yaml says; the numbers are the same whatever it says.
from oligomet.simulation.scenarios import SCENARIOS

chunks_of = f"{options.results}/simulation/{{scenario}}/{{chunk}}_of_{options.simulation.chunks}.csv"


rule scenario:
    """A chunk of the replicates of a scenario, estimators under known truth: a part of the simulation."""
    input:
        times=table("outcomes/times"),
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        study=declared_study,
        code=code("simulate"),
    output:
        chunks_of,
    log:
        f"{options.results}/simulation/logs/{{scenario}}_{{chunk}}_of_{options.simulation.chunks}.log",
    params:
        decisions=decisions("analyses", "months", "response", "robustness"),
        simulation=options.simulation.model_dump(),
    script:
        "../scripts/simulate.py"


rule simulate:
    """Coverage and type-I error of the estimators under known truth: for statisticians."""
    input:
        **{name: expand(chunks_of, scenario=name, chunk=range(options.simulation.chunks)) for name in SCENARIOS},
        study=declared_study,
        code=code("draw_simulation"),
    output:
        coverage=f"{options.results}/simulation/coverage.csv",
        figure=multiext(f"{options.results}/simulation/figure", ".svg", ".png", ".pdf"),
    log:
        f"{options.results}/simulation/logs/figure.log",
    params:
        scenarios=list(SCENARIOS),
        decisions=decisions("analyses", "synthetic", "title"),
        drawn_for=drawn_for,
    script:
        "../scripts/draw_simulation.py"
