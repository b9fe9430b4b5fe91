"""How processor time and memory grow with the patients: `make benchmark` runs every stage and writes docs/growth.md.

python tests/growth/measure_growth.py [--times 1 10 100 1000] [--minutes 30] [--folder results/benchmark]

Sizes that were measured before stay in the page.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
STUDY = "pumch2022"
PARTS = f"results/{STUDY}/estimates/parts"
AT_MOST = 2000  # patients of whom robustness is done, as who has more would declare it
AS_WORKBOOKS = 100  # times; of a larger workbook it is told that it is to be saved as CSV
STAGES = {
    "extract": ["extract"],
    "cohort": ["cohort"],
    "outcomes": ["responses", "times", "characteristics"],
    "estimates: analyses": [f"{PARTS}/analyses.csv"],
    "estimates: robustness": [f"{PARTS}/robustness.csv", f"{PARTS}/conclusions.csv"],
    "displays": ["tables", "figures"],
    "notebooks": ["notebooks"],
    "manuscript": ["paper"],
}


def lay_out(folder: Path, times: int) -> None:
    """A study of its own in `folder`, with raw exports of `times` as many patients."""
    sys.path[:0] = [str(ROOT / "workflow"), str(ROOT / "studies" / STUDY)]
    from generator import cohort, words
    from oligomet.study import read_study
    from oligomet.synthetic.growth import grow
    from oligomet.synthetic.hospital import export

    source, study_folder = ROOT / "studies" / STUDY, folder / "studies" / STUDY
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, study_folder, ignore=shutil.ignore_patterns("raw", "expected", "generator", "__pycache__"))
    declared = (source / "study.yaml").read_text(encoding="utf-8")
    limited = declared.replace("\nrobustness:", f"\nrobustness:\n  at_most_patients: {AT_MOST}\n ", 1)
    if times > AS_WORKBOOKS:
        limited = re.sub(r"file: .*\.xlsx\n +sheet: (\w+).*", r"file: \1.csv", limited)
    (study_folder / "study.yaml").write_text(limited, encoding="utf-8")
    study = read_study(study_folder / "study.yaml")
    keys = {role: declared.key for role, declared in study.sources.items()}
    grown = grow(cohort.generate(study), times, keys, study.synthetic.seed)
    export(grown, study, words.WORDS, study_folder / "raw")


def measure(folder: Path, targets: list[str], minutes: float) -> dict[str, float | str]:
    """CPU (user and system) and wall time in seconds, and the largest process in MB, of a run of Snakemake."""
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--cores", "all", *targets]
    with (folder / "growth.log").open("a") as log:
        run = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
        began = time.monotonic()
        while True:
            done, status, used = os.wait4(run.pid, os.WNOHANG)
            if done:
                break
            if time.monotonic() > began + 60 * minutes:
                os.killpg(run.pid, 15)
                os.wait4(run.pid, 0)
                return {"reason": f"not within {minutes:g} minutes"}
            time.sleep(0.1)
    run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode:
        return {"reason": f"ended with an error: {folder / 'growth.log'}"}
    memory = used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    used_cpu = used.ru_utime + used.ru_stime
    return {"cpu_seconds": used_cpu, "wall_seconds": time.monotonic() - began, "peak_mb": memory}


def exponents(measured: pd.DataFrame) -> pd.Series:
    """By stage: the power of the patients with which CPU grows between its two largest sizes that finished.

    The smallest size's CPU, which a stage takes with hardly anything to do, is taken off; empty without a third size.
    """

    def exponent(of: pd.DataFrame) -> float:
        done = of.dropna(subset="cpu_seconds").sort_values("times")
        if len(done) < 3:
            return np.nan
        before, last = np.maximum(done["cpu_seconds"].tail(2) - done["cpu_seconds"].iloc[0], 0.1)
        return float(np.log(last / before) / np.diff(np.log(done["times"].tail(2)))[0])

    return pd.Series({stage: exponent(of) for stage, of in measured.groupby("stage", sort=False)})


def page(measured: pd.DataFrame, machine: str) -> str:
    """docs/growth.md: a row a stage, a column a size, and the whole run below them."""
    powers, sizes = exponents(measured), sorted(measured["times"].unique())
    by = measured.set_index(["stage", "times"])

    def cell(stage: str, times: int) -> str:
        if (stage, times) not in by.index:
            return ""
        row = by.loc[(stage, times)]
        return row["reason"] if pd.isna(row["cpu_seconds"]) else f"{row['cpu_seconds']:.1f} s, {row['peak_mb']:.0f} MB"

    head = ["Stage", *(f"{times} × the study" for times in sizes), "Exponent"]
    rows = [
        [stage, *(cell(stage, times) for times in sizes), "" if np.isnan(power) else f"{power:.2f}"]
        for stage, power in powers.items()
    ]
    together = []
    for times in sizes:
        of = measured[measured["times"] == times]
        minutes = f"{of['wall_seconds'].sum() / 60:.1f} minutes, {of['peak_mb'].max():.0f} MB"
        together.append("" if of["cpu_seconds"].isna().any() else minutes)
    rows.append(["**all, one after the other, wall**", *together, ""])
    lines = [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]
    return "\n".join(
        [
            "# Growth",
            "",
            "Made by `make benchmark`; `make benchmark times='1 10 100 1000'` goes further.",
            "",
            "The synthetic patients of study pumch2022, copied under record numbers of their own, each copy at its",
            "own pace, and exported with the same mess: processor time (user and system, Snakemake's own start of",
            "about two seconds included) and the largest process of each stage. The exponent is the power of the",
            "patients with which processor time grows between the two largest sizes: 1 is in proportion. The time of",
            "the smallest size is taken off both, as what a stage costs at any size. Robustness grows fastest;",
            f"study.yaml limits it to {AT_MOST:,} patients, drawn at random (`robustness.at_most_patients`), and the",
            f"paper says so. Above {AS_WORKBOOKS} times the study its workbooks would be larger than is read of one:",
            "their sheets are CSV there.",
            "",
            *lines,
            "",
            machine,
            "",
        ]
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, nargs="+", default=[1, 10, 100])
    asked.add_argument("--minutes", type=float, default=30, help="for a stage; then it is stopped, as the page says")
    asked.add_argument("--folder", type=Path, default=ROOT / "results/benchmark")
    options = asked.parse_args()
    found_before = options.folder / "growth.csv"
    before = pd.read_csv(found_before) if found_before.is_file() else pd.DataFrame(columns=["times"])
    rows: list[dict] = before[~before["times"].isin(options.times)].to_dict("records")
    for times in sorted(options.times):
        folder = options.folder / f"x{times}"
        apart = multiprocessing.get_context("spawn").Process(target=lay_out, args=(folder, times))
        apart.start()  # or what it took would be the least that any process after it is said to take
        apart.join()
        for stage, targets in STAGES.items():
            found = measure(folder, targets, options.minutes)
            rows.append({"stage": stage, "times": times, "cpu_seconds": np.nan, "peak_mb": np.nan, **found})
            print(*rows[-1].values(), sep="\t", flush=True)
            measured = pd.DataFrame(rows)
            measured.to_csv(found_before, index=False)
            if "reason" in found:
                break  # the stages after it need what it did not make
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}."
    (ROOT / "docs/growth.md").write_text(
        page(measured.assign(reason=measured.get("reason")), machine), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
