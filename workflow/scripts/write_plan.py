"""The statistical analysis plan, and what has changed since it was frozen."""

from common import log_errors

import datetime as dt
import shutil
from pathlib import Path

import yaml

from oligomet.manuscript.engines import render
from oligomet.manuscript.plan import check_frozen, declared_plan, find_deviations, hash_of
from oligomet.manuscript.staging import stage_alone
from oligomet.study import read_study

log_errors(snakemake)
study = read_study(snakemake.input.declared)  # all of it: every declaration is part of the plan
folder, options = Path(snakemake.output[0]).parent, snakemake.params.options
plan, made, frozen = declared_plan(study), dt.date.today(), None
for file in snakemake.input.frozen:
    frozen = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    check_frozen(frozen, file)
deviations = find_deviations(frozen["declared"], plan) if frozen else []
stage_alone(
    "plan",
    folder / "project",
    [Path(folder) for folder in snakemake.params.folders],
    study,
    options["journal"],
    "statistical analysis plan",
    plan={"made": made, "hash": hash_of(plan), "frozen": frozen, "deviations": deviations},
)
for file in render(folder / "project", options["engine"], ("pdf", "docx"), "plan").values():
    shutil.copy2(file, folder / file.name)
shutil.rmtree(folder / "project")
said = {"study": study.study, "made": made.isoformat(), "sha256": hash_of(plan), "declared": plan}
(folder / "plan.yaml").write_text(yaml.safe_dump(said, sort_keys=False, allow_unicode=True), encoding="utf-8")
