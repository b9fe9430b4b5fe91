"""Exports of whole studies, damaged at random, through extraction, cohort and outcomes: told in words, or every row is
used or quarantined; never a traceback, never a row lost in silence.

DAMAGES=5000 in the environment (make fuzz) tries so many, and PAPERS=200 goes so often on to the paper.
"""

import os
import random
import shutil
import traceback
import warnings
from pathlib import Path

import pytest
from damaged_study import damage

from all_outcomes import derive_outcomes
from oligomet.cohort.build import build_cohort
from oligomet.cohort.possible_events import refuse_undecided
from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.outcomes.recist import assess_responses
from oligomet.study import read_study
from oligomet.tables import read, read_verbatim, write, write_csv
from oligomet.validate.data import check_study
from oligomet.validate.report import report
from reliability import note
from whole_run import ROOT, Run

TIMES, FIRST = int(os.environ.get("DAMAGES", 30)), int(os.environ.get("FIRST_DAMAGE", 0))
PAPERS = int(os.environ.get("PAPERS", 0))
JARGON = ("Error:", "Traceback", "0x", "codec", "pandas", "openpyxl", "NoneType", "<class", "dtype")
NAMES = ("patients", "lesions", "therapies", "surgeries", "measurements", "follow_up", "toxicities")


def to_the_outcomes(study_file: Path, results: Path) -> str:
    """'told', 'undecided' or 'made': as the rules of these stages do it, by way of their files."""
    study = read_study(study_file)
    found = check_study(study_file, study.study)
    words = report(found)
    assert not any(word in words for word in JARGON), words
    if found.stops:
        return "told"
    for role, rows in found.extracted.items():
        write_csv(rows, results / f"extracted/{role}.csv")
    extracted = {role: read_verbatim(results / f"extracted/{role}.csv") for role in study.sources}
    assert {role: len(rows) for role, rows in extracted.items()} == {
        role: len(rows) for role, rows in found.extracted.items()
    }
    own = study.variables
    for name, table in build_cohort(extracted, study, PUBLIC_KEY).items():
        folder = "extracted" if name == "quarantined_cells" else "cohort"
        write(table, results / f"{folder}/{name}.csv", variables=own)
    accounting = read(results / "cohort/accounting.csv")
    assert (accounting["raw"] == accounting["analysed"] + accounting["quarantined"]).all()
    cohort = {name: read(results / f"cohort/{name}.csv", variables=own) for name in NAMES}
    try:
        refuse_undecided(read(results / "cohort/possible_events.csv"))
    except ValueError:
        return "undecided"
    responses = assess_responses(cohort["lesions"], cohort["measurements"], study.response)
    write(responses, results / "outcomes/responses.csv")
    responses = read(results / "outcomes/responses.csv")
    made = derive_outcomes(cohort, study, responses)
    del made["responses"]  # which are there
    for name, table in made.items():
        write(table, results / f"outcomes/{name}.csv", variables=own)
    return "made"


def damaged_copy(name: str, seed: int, folder: Path) -> tuple[Path, str]:
    """The study's declarations with damaged exports beside them, and what was done to these."""
    own = folder / "studies" / name
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(ROOT / "studies" / name, own, ignore=shutil.ignore_patterns("expected", "generator", "manuscript"))
    chance = random.Random(seed)
    return own / "study.yaml", damage(own / "raw", read_study(own / "study.yaml").sources, chance)


def test_damaged_exports_are_told_or_add_up_to_the_outcomes(tmp_path):
    ends, harm = {"told": 0, "undecided": 0, "made": 0}, []
    for seed in range(FIRST, FIRST + TIMES):
        study_file, done = damaged_copy("pumch2022" if seed % 10 == 9 else "example", seed, tmp_path)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ends[to_the_outcomes(study_file, tmp_path / "results")] += 1
        except Exception:
            harm.append(f"seed {seed}, {done}\n{traceback.format_exc(limit=-4)}")
            print(harm[-1], flush=True)
        if seed % 100 == 99:
            print(f"{seed + 1 - FIRST} of {TIMES} done: {ends}", flush=True)
    assert not harm, f"{len(harm)} of {TIMES}\n" + "\n".join(harm[:20])
    assert ends["told"] and ends["made"], ends
    came = f"{ends['told']:,} told in words, {ends['undecided']:,} a death to decide on, {ends['made']:,} outcomes"
    note("exports of a study damaged, to the outcomes", TIMES, came)


@pytest.mark.skipif(not PAPERS, reason="make fuzz goes on to the paper")
def test_damaged_exports_are_told_or_give_a_paper(tmp_path):
    (tmp_path / "config.yaml").write_text("study: example\n")
    run, harm = Run(tmp_path), []
    for seed in range(FIRST, FIRST + PAPERS):
        _, done = damaged_copy("example", seed, tmp_path)
        said = run.snakemake("-s", str(ROOT / "Snakefile"), "--cores", "2", check=False)
        if "steps (100%) done" not in said and "Nothing to be done" not in said:
            words = said.rpartition("Look above for error messages")[2]
            if "Traceback" in said or not words.strip() or any(word in words for word in JARGON):
                harm.append(f"seed {seed}, {done}\n{said[-3000:]}")
                print(harm[-1], flush=True)
        if seed % 10 == 9:
            print(f"{seed + 1 - FIRST} of {PAPERS} done", flush=True)
    assert not harm, f"{len(harm)} of {PAPERS}\n" + "\n".join(harm[:10])
    note("exports of a study damaged, to the paper", PAPERS, "told in words, or a paper")
