# Do intervals and tests hold what they promise? Asked for by name: snakemake simulate. A job a scenario.
from oligomet.simulation.scenarios import SCENARIOS


rule scenario:
    """One scenario of the simulation, estimators under known truth: a part of the simulation."""
    input:
        times=table("outcomes/times"),
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        code=code("simulate"),
    output:
        performance=f"{options.results}/simulation/scenarios/{{scenario}}.csv",
    log:
        f"{options.results}/simulation/logs/{{scenario}}.log",
    params:
        study=study_file,
        decisions=decisions("analyses", "months", "response", "robustness"),
        simulation=options.simulation.model_dump(),
    script:
        "../scripts/simulate.py"


rule simulate:
    """Coverage and type-I error of the estimators under known truth: for statisticians."""
    input:
        scenarios=expand(f"{options.results}/simulation/scenarios/{{scenario}}.csv", scenario=SCENARIOS),
        code=code("draw_simulation"),
    output:
        coverage=f"{options.results}/simulation/coverage.csv",
        figure=multiext(f"{options.results}/simulation/figure", ".svg", ".png", ".pdf"),
    log:
        f"{options.results}/simulation/logs/figure.log",
    params:
        study=study_file,
        decisions=decisions("synthetic", "title"),
        drawn_for=drawn_for,
    script:
        "../scripts/draw_simulation.py"
