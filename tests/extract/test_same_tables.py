"""The exports of a whole study, kept by other programs, are the same tables, to the last byte, provenance aside.

All later stages are functions of these tables, so they give the same estimates; a study kept by five programs at once
goes the whole way to them all the same.
"""

import shutil

import pandas as pd
import pyreadstat
import pytest
import yaml
from exports import DECLARED, STUDY, extract
from other_programs import (
    ADDRESS,
    as_spss_pads,
    keep_in_chinese,
    keep_in_parquet,
    keep_in_postgresql,
    keep_in_redcap,
    keep_in_spss,
    keep_in_sqlite,
)

from oligomet.cohort.build import build_cohort
from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.extract.readers import extract_sources
from oligomet.source_declarations import Source
from oligomet.tables import write_csv
from whole_run import ROOT, Run

PROVENANCE = ["file", "sheet", "row", "sha256"]


@pytest.fixture(scope="module")
def exports():
    """What the departments' own files say, without where it stood."""
    extracted = extract_sources(STUDY, DECLARED.with_name("raw"))
    return {role: frame.drop(columns=PROVENANCE).astype(object) for role, frame in extracted.items()}


def declared(role: str, frame: pd.DataFrame, headers: dict[str, str], **where) -> Source:
    columns = {name: header for name, header in headers.items() if name != "edited"}
    edited = {"edited": headers["edited"]} if "edited" in frame else {}
    return Source.model_validate({"key": STUDY.sources[role].key, "columns": columns, **edited, **where})


def assert_same(tmp_path, exports, kept):
    sources = {role: declared(role, exports[role], headers, **where) for role, (headers, where) in kept.items()}
    for role, frame in extract(tmp_path, **sources).items():
        for name, rows in (("expected", exports[role]), ("found", frame.drop(columns=PROVENANCE))):
            write_csv(rows, tmp_path / f"{name}.csv")
        assert (tmp_path / "found.csv").read_bytes() == (tmp_path / "expected.csv").read_bytes(), role
        assert len(frame) == len(exports[role]) > 50


@pytest.mark.parametrize("keep", [keep_in_chinese, keep_in_sqlite, keep_in_parquet, keep_in_redcap])
def test_files_of_other_programs(tmp_path, exports, keep):
    assert_same(tmp_path, exports, keep(tmp_path, exports))


def test_spss_with_its_value_labels(tmp_path, exports):
    assert_same(tmp_path, as_spss_pads(exports), keep_in_spss(tmp_path, exports))


def test_postgresql(server, tmp_path, exports, monkeypatch):
    monkeypatch.setenv("REGISTRY", f"{ADDRESS}{server}")
    assert_same(tmp_path, exports, keep_in_postgresql(server, exports, "exports"))


def test_a_study_kept_by_five_programs_gives_the_same_estimates(run, server, tmp_path, exports, monkeypatch):
    monkeypatch.setenv("REGISTRY", f"{ADDRESS}{server}")
    raw = tmp_path / "studies/pumch2022/raw"
    raw.mkdir(parents=True)
    shutil.copytree(DECLARED.with_name("published"), raw.with_name("published"))

    def some(*roles: str) -> dict[str, pd.DataFrame]:
        return {role: exports[role] for role in roles}

    kept = {
        **keep_in_redcap(raw, some("patients", "toxicities")),
        **keep_in_sqlite(raw, some("therapies", "surgeries")),
        **keep_in_postgresql(server, some("lesions", "plans"), "mixed"),
        **keep_in_chinese(raw, some("measurements")),
        **keep_in_spss(raw, some("follow_up")),
    }
    study = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))
    for role, (headers, where) in kept.items():
        own = study["sources"][role]
        columns = {
            name: {**column, "header": headers[name]} if isinstance(column, dict) else headers[name]
            for name, column in own["columns"].items()
        }
        edited = {"edited": headers["edited"]} if "edited" in headers else {}
        study["sources"][role] = {"key": own["key"], "columns": columns, **edited, **where}
    lines = extract_sources(STUDY, DECLARED.with_name("raw"))["measurements"]["row"].astype(str).tolist()
    for finding in study["cross_checks"]["dismissed"]:  # the same record, in a file of another name without gaps
        line = finding["record"].partition("imaging.csv:")[2]
        finding["record"] = f"measurements.csv:{lines.index(line) + 2}"
    raw.with_name("study.yaml").write_text(yaml.safe_dump(study, allow_unicode=True, sort_keys=False), encoding="utf-8")

    mixed = Run(tmp_path)
    mixed.snakemake("-s", str(ROOT / "Snakefile"), "--cores", "2", "results/pumch2022/estimates/estimates.csv")
    name = "estimates/estimates.csv"
    assert (mixed.results / name).read_bytes() == (run.results / name).read_bytes()


def test_wide_lesions_and_another_program_for_follow_up_give_the_same_cohort(tmp_path, exports):
    """Three kinds of source in one study, and two of its roles in one row a patient."""
    sources = {}
    for role in ("lesions", "plans"):
        frame = exports[role]
        place = frame.groupby("patient_id").cumcount().add(1).astype(str)
        wide = frame.assign(place=place).set_index(["patient_id", "place"]).unstack()  # noqa: PD010
        wide.columns = [f"{name} ({number})" for name, number in wide.columns]
        wide.reset_index().to_csv(tmp_path / f"{role}.csv", index=False, encoding="utf-16", sep="\t")
        headers = {name: name if name == "patient_id" else f"{name} ({{place}})" for name in frame}
        melt = {"place": sorted(place.unique())}
        sources[role] = declared(role, frame, headers, file=f"{role}.csv", melt=melt)
    follow_up = exports["follow_up"]
    pyreadstat.write_sav(follow_up, tmp_path / "follow_up.sav")
    sources["follow_up"] = declared("follow_up", follow_up, {name: name for name in follow_up}, file="follow_up.sav")

    own = extract_sources(STUDY, DECLARED.with_name("raw"))
    study = STUDY.model_copy(update={"sources": STUDY.sources | sources})
    found, expected = (
        build_cohort(own | extract(tmp_path, **sources), study, PUBLIC_KEY),
        build_cohort(own, STUDY, PUBLIC_KEY),
    )
    for name in ("patients", "lesions", "measurements", "follow_up", "screened"):
        columns = [column for column in expected[name] if not column.endswith("source")]
        pd.testing.assert_frame_equal(
            found[name][columns].sort_values(columns, ignore_index=True),
            expected[name][columns].sort_values(columns, ignore_index=True),
        )
    assert found["lesions"]["source"].str.fullmatch(r"lesions\.csv:\d+:lesion_number \(\d\)").all()
    assert found["lesions"]["source"].is_unique
    left_out = found["quarantine"].query("row_kept == 0 and role == 'lesions'")
    assert left_out["part"].str.fullmatch(r"lesion_number \(\d\)").all()
    assert len(left_out) > left_out["row"].nunique() and not left_out.duplicated(["row", "part"]).any()
