"""What stands on the screen of a run: a line a stage, and in the end where the paper is."""

import re

STAGES = ("extract", "cohort", "outcomes", "estimates", "displays", "notebooks", "audit", "manuscript")


def test_a_run_says_a_line_when_a_stage_is_done_and_last_where_the_paper_is(run):
    said = run.said.splitlines()
    ended = [re.match(r"(\w+) +\d+ done after +\d+ s; (\d+) of (\d+)", line) for line in said]
    lines = [(found[1], int(found[2]), int(found[3])) for found in ended if found]
    assert {stage for stage, _, _ in lines} == set(STAGES) and len(lines) == len(STAGES)
    assert [done for _, done, _ in lines] == sorted(done for _, done, _ in lines)
    assert lines[-1][0] == "manuscript" and lines[-1][1] == lines[-1][2]
    assert re.fullmatch(r"Done in \d+ s. The paper is results/pumch2022/manuscript/paper.html \(.*", said[-1])
    assert len(said) < 2 * len(STAGES)
    log = "".join(file.read_text(encoding="utf-8") for file in (run.folder / ".snakemake/log").iterdir())
    assert log.count("\nlocalrule extract:") == 1 and "results/pumch2022/extracted/patients.csv" in log
