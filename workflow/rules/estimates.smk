# The one table of estimates, from its parts: the analyses, and what else a study declares.
from oligomet.estimates.parts import PARTS, parts_of

stage_of = {Path(name).name: name for name in TABLES if Path(name).parent.name == "outcomes"}
from_cohort = ("screened", "screened_lesions", "quarantine", "accounting", "findings", "possible_events")
stage_of |= {name: f"cohort/{name}" for name in from_cohort}
stage_of |= {Path(name).name: name for name in TABLES if Path(name).parent.name == "protocol"}


rule estimate:
    """A part of the estimates, the declared analyses or their robustness: a part of the one table."""
    input:
        unpack(
            lambda wildcards: {
                name: table(stage_of[name]) if name in stage_of else f"{published}/{name}.csv"
                for name in PARTS[wildcards.part].reads
                if name in stage_of or name in literature
            }
        ),
        study=declared_study,
        code=lambda wildcards: code("estimate", *PARTS[wildcards.part].modules),
    output:
        table("estimates/parts/{part}"),
    log:
        logfile("estimate_{part}"),
    params:
        decisions=lambda wildcards: decisions(*PARTS[wildcards.part].decisions),
    script:
        "../scripts/estimate.py"


rule estimates:
    """Every number of the paper, one row each, in one table: for statisticians."""
    input:
        parts=[table(f"estimates/parts/{part}") for part in parts_of(study)],
        study=declared_study,
        code=code("join_estimates"),
    output:
        estimates=table("estimates/estimates"),
    log:
        logfile("estimates"),
    params:
        decisions=decisions(),
    script:
        "../scripts/join_estimates.py"
