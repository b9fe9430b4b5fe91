# Snakemake plans all that follows a job that is due, whatever comes of it. Here, when a job has ended and what follows has
# been made before, what follows is asked again, and what reads the same bytes as then is up to date: Snakemake compares
# checksums by itself (`max-checksum-file-size` in the profiles). It asks again after a checkpoint too, but only the rules
# right behind it, so that checkpoints would stop nothing at two removes.
from collections import defaultdict

from snakemake.dag import DAG
from snakemake.jobs import Reason

# What it needs of Snakemake, which promises none of it: a version that has it not plans as it does.
OF_SNAKEMAKE = ("_running", "_finished", "_reason", "depending", "postprocess")


async def finish_and_ask_again(dag, job, *arguments, _finish=DAG.finish, **options):
    """Snakemake's `DAG.finish`; then forget why the jobs that wait were to run, and plan anew."""
    ready = await _finish(dag, job, *arguments, **options)
    if dag.workflow.dryrun or not all(hasattr(dag, name) for name in OF_SNAKEMAKE):
        return ready  # a dry run tells all that may come
    ended = list(job) if job.is_group() else [job]
    at_work = {one for running in dag._running for one in (running if running.is_group() else [running])}
    waiting = {one for end in ended for one in dag.depending[end] if dag.needrun(one)} - at_work - dag._finished
    if any([all([await file.exists() for file in one.output]) for one in waiting]):
        reasons = {one: why for one, why in dag._reason.items() if one in at_work or dag.finished(one)}
        dag._reason = defaultdict(Reason, reasons)
        await dag.postprocess()
        return True
    return ready


DAG.finish = finish_and_ask_again
