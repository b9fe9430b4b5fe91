# What a person sees of a run: a line when a stage is done, and in the end where the paper is. All that Snakemake has to say
# of its jobs stands in its log, and on the screen with --verbose.
import logging
import re
import time
from collections import Counter

from snakemake.logging import logger

DETAILS = {"job_info", "group_info", "job_started", "shellcmd", "resources_info", "progress"}
DETAILS_SAID = ("Select jobs to execute...", "Using shell: ", "Elapsed time: ", "Group jobs: inactive")


class Progress(logging.Formatter):
    """The words of Snakemake's own formatter, but for jobs: of those that end, the one that ends its stage has a line."""

    def __init__(self, usual):
        super().__init__()
        self.usual, self.began, self.done = usual, time.monotonic(), Counter()

    def format(self, record):
        event, said = str(getattr(record, "event", "")), self.usual.format(record)
        if event == "job_finished":
            name = re.search(r"\(Rule: (\w+)\)", record.msg)[1]
            return self.of_stage(Path(workflow.get_rule(name).snakefile).stem, record.job_id)
        if event == "run_info":
            jobs = sum(job.rule.name != "all" for job in workflow.dag.needrun_jobs())
            return f"Study {options.study}: up to {jobs} jobs; what comes out as it was stops what follows it."
        if said.startswith("Complete log(s): "):  # after a run without a mistake, and only then
            return f"Done in {self.seconds} s. {where_the_paper_is()}"
        if said.startswith("Nothing to be done"):
            return f"{said}\n{where_the_paper_is()}"
        return "" if said.startswith(DETAILS_SAID) else said

    @property
    def seconds(self):
        return round(time.monotonic() - self.began)

    def of_stage(self, stage, ended):
        """The line of a stage, if this job was the last of it that is planned."""
        self.done[stage] += 1
        planned = [job for job in workflow.dag.needrun_jobs() if workflow.dag.jobid(job) != ended]
        left = [Path(job.rule.snakefile).stem for job in planned if job.rule.name != "all"]
        if stage in left:
            return ""
        done = self.done.total()
        time_left = f", about {round(self.seconds / done * len(left))} s to go" if left else ""
        return (
            f"{stage:<11} {self.done[stage]:>2} done after {self.seconds:>3} s; {done} of {done + len(left)}{time_left}"
        )


def where_the_paper_is():
    if storage := workflow.storage_settings.default_storage_prefix:
        return f"Results are in {storage}/{results}/."
    if papers[0] not in {str(file) for job in workflow.dag.jobs for file in job.output}:  # something else was asked for
        return " ".join(f"{file}" for file in sorted(map(str, workflow.dag.targetfiles)))
    if not Path(papers[0]).is_file():
        return f"Results are in {results}/."
    return f"The paper is {papers[0]} (.pdf, .docx); other results are in {results}/."


if workflow.is_main_process and not only_looks and not workflow.output_settings.verbose:
    for handler in logger.handlers:
        if handler.name == "DefaultStreamHandler":
            handler.addFilter(lambda record: str(getattr(record, "event", "")) not in DETAILS)
            handler.setFormatter(Progress(handler.formatter))
