# From a hospital's raw exports to the paper. The stages, in the order in which they run:
# extract -> cohort -> outcomes -> estimates -> displays -> notebooks -> manuscript,
# and the audit of what was published beside them.
import os


configfile: next(filter(os.path.isfile, ["config.yaml", os.path.join(workflow.basedir, "config.yaml")]))


report: "workflow/report/workflow.rst"


include: "workflow/rules/studies.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/unchanged.smk"
include: "workflow/rules/recovery.smk"
include: "workflow/rules/fork.smk"
include: "workflow/rules/progress.smk"
include: "workflow/rules/new_study.smk"
include: "workflow/rules/validate.smk"
include: "workflow/rules/extract.smk"
include: "workflow/rules/cohort.smk"
include: "workflow/rules/outcomes.smk"
include: "workflow/rules/protocol.smk"
include: "workflow/rules/estimates.smk"
include: "workflow/rules/displays.smk"
include: "workflow/rules/notebooks.smk"
include: "workflow/rules/audit.smk"
include: "workflow/rules/manuscript.smk"
include: "workflow/rules/verify.smk"
include: "workflow/rules/synthetic.smk"
include: "workflow/rules/simulation.smk"
include: "workflow/rules/design.smk"
include: "workflow/rules/radiomics.smk"
include: "workflow/rules/export.smk"
include: "workflow/rules/data_cuts.smk"
include: "workflow/rules/recheck.smk"
include: "workflow/rules/submission.smk"
include: "workflow/rules/plan.smk"
include: "workflow/rules/revision.smk"


# What a user did wrong, as the scripts said it, is the last thing on the screen, after what Snakemake says of the job.
onstart:
    for file in said_by_scripts():
        file.unlink()
    start_fork_server()
    check_what_is_published()


onerror:
    said = [file.read_text(encoding="utf-8") for file in said_by_scripts()]
    if not said and any(job.rule.name == "extract" for job in workflow.dag.needrun_jobs()):
        tell_problems()  # not by way of a file: the list shows what stands in cells
    print(*said, sep="\n", file=sys.stderr)
    raise SystemExit(1)


rule all:
    """All that a reader asks for: paper, tables, figures, notebooks and audit."""
    default_target: True
    input:
        paper,
        tables,
        figures,
        notebooks,
        audit,
        made_again,
        protocol,
