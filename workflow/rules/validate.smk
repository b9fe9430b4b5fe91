# Everything that is wrong with a study, at once. A run begins with it, in `extract`; asked for by name, common.smk tells
# it, also of declarations with which no rule could be read.
rule validate:
    """Everything that is wrong with declarations and exports, at once, before a run: for everyone."""
    input:
        table("extracted/patients"),


# The list is the last thing on the screen, after what Snakemake says of a job that failed.
onerror:
    if not Path(table("extracted/patients")).is_file():
        raise SystemExit(tell_problems())
