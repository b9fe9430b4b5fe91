# Everything that is wrong with a study, at once. A run begins with it, in `extract`; asked for by name, common.smk tells
# it, also of declarations with which no rule could be read.
rule validate:
    """Everything that is wrong with declarations and exports, at once, before a run: for everyone."""
    input:
        table("extracted/patients"),
