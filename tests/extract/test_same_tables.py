"""The exports of a whole study, kept by other programs, are the same tables: to the last byte, provenance aside."""

import csv
import sqlite3

import duckdb
import pandas as pd
import pyreadstat
import pytest
from exports import DECLARED, STUDY, extract
from sqlalchemy import create_engine

from oligomet.cohort.build import build_cohort
from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.extract.readers import extract_sources
from oligomet.extract.redcap import CHOICES, DICTIONARY, FIELD, FORM, REPEATS, TYPE
from oligomet.source_declarations import Source
from oligomet.tables import write_csv

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


def assert_same(tmp_path, exports, sources):
    for role, frame in extract(tmp_path, **sources).items():
        for name, rows in (("expected", exports[role]), ("found", frame.drop(columns=PROVENANCE))):
            write_csv(rows, tmp_path / f"{name}.csv")
        assert (tmp_path / "found.csv").read_bytes() == (tmp_path / "expected.csv").read_bytes(), role
        assert len(frame) == len(exports[role]) > 50


def same(names) -> dict[str, str]:
    return {name: name for name in names}


def test_chinese_headers_in_gb18030(tmp_path, exports):
    sources = {}
    for role, frame in exports.items():
        headers = {name: f"项目{number}（{role}）" for number, name in enumerate(frame, 1)}
        frame.rename(columns=headers).to_csv(tmp_path / f"{role}.csv", index=False, encoding="gb18030", sep=";")
        sources[role] = declared(role, frame, headers, file=f"{role}.csv", encoding="gb18030")
    assert_same(tmp_path, exports, sources)


def test_sqlite(tmp_path, exports):
    with sqlite3.connect(tmp_path / "registry.sqlite") as connection:
        for role, frame in exports.items():
            columns = ", ".join(f'"{name}" TEXT' for name in frame)
            connection.execute(f"CREATE TABLE {role} (number INTEGER PRIMARY KEY, {columns})")
            frame.rename_axis("number").reset_index().to_sql(role, connection, if_exists="append", index=False)
    connection.close()
    sources = {
        role: declared(role, frame, same(frame), file="registry.sqlite", table=role) for role, frame in exports.items()
    }
    assert_same(tmp_path, exports, sources)


def test_postgresql(server, tmp_path, exports, monkeypatch):
    monkeypatch.setenv("REGISTRY", f"postgresql://reader:p%40ss%2Fw%3Ard@/postgres?host={server}")
    engine = create_engine(f"postgresql+psycopg://reader:p%40ss%2Fw%3Ard@/postgres?host={server}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA exports")
        for role, frame in exports.items():
            frame.rename_axis("number").reset_index().to_sql(role, connection, schema="exports", index=False)
            connection.exec_driver_sql(f"ALTER TABLE exports.{role} ADD PRIMARY KEY (number)")
    engine.dispose()
    sources = {
        role: declared(role, frame, same(frame), url="${REGISTRY}", table=f"exports.{role}")
        for role, frame in exports.items()
    }
    assert_same(tmp_path, exports, sources)


def test_parquet(tmp_path, exports):
    for role, frame in exports.items():
        with duckdb.connect(":memory:") as connection:
            connection.register("rows", frame)
            connection.execute(f"COPY rows TO '{tmp_path}/{role}.parquet'")
    sources = {role: declared(role, frame, same(frame), file=f"{role}.parquet") for role, frame in exports.items()}
    assert_same(tmp_path, exports, sources)


def words_of(cells: pd.Series) -> list[str]:
    """The words of a column that has few, as a column of terms or flags does."""
    words = [word for word in cells.unique() if word]
    return words if len(words) < 60 else []


def test_spss_with_its_value_labels(tmp_path, exports):
    sources, labelled = {}, 0
    # SPSS pads its texts with spaces, so those at the end of a cell are not to be had back.
    exports = {role: frame.apply(lambda cells: cells.str.rstrip(" ")) for role, frame in exports.items()}
    for role, frame in exports.items():
        labels = {name: dict(enumerate(words, 1)) for name in frame if (words := words_of(frame[name]))}
        codes = {
            name: frame[name].map({word: float(code) for code, word in words.items()}) for name, words in labels.items()
        }
        pyreadstat.write_sav(frame.assign(**codes), tmp_path / f"{role}.sav", variable_value_labels=labels)
        sources[role] = declared(role, frame, same(frame), file=f"{role}.sav")
        labelled += len(labels)
    assert labelled > 10
    assert_same(tmp_path, exports, sources)


def test_redcap_with_its_dictionary(tmp_path, exports):
    fields, rows = [{FIELD: "record_id", FORM: "patients", TYPE: "text"}], []
    for role, frame in exports.items():
        codes = {}
        for name in frame.columns.drop("patient_id"):
            words = [word for word in words_of(frame[name]) if word == word.strip() and "|" not in word]
            codes[name] = {word: f"c{number}" for number, word in enumerate(words)}
            listed = " | ".join(f"{code}, {word}" for word, code in codes[name].items())
            fields.append({FIELD: f"{role}_{name}", FORM: role, TYPE: "dropdown" if words else "text", CHOICES: listed})
        for number, cells in enumerate(frame.to_dict("records"), 1):
            row = {f"{role}_{name}": codes[name].get(cells[name], cells[name]) for name in codes}
            repeats = {} if role == "patients" else {REPEATS: role, "redcap_repeat_instance": number}
            rows.append({"record_id": cells["patient_id"], **repeats, **row})
    names = ["record_id", REPEATS, "redcap_repeat_instance", *(field[FIELD] for field in fields[1:])]
    for file, header, lines in (("dictionary.csv", DICTIONARY, fields), ("export.csv", names, rows)):
        with (tmp_path / file).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, header, restval="")
            writer.writeheader()
            writer.writerows(lines)
    sources = {
        role: declared(
            role,
            frame,
            {name: "record_id" if name == "patient_id" else f"{role}_{name}" for name in frame},
            file="export.csv",
            format="redcap",
            dictionary="dictionary.csv",
            **({} if role == "patients" else {"instrument": role}),
        )
        for role, frame in exports.items()
    }
    assert sum(field[TYPE] == "dropdown" for field in fields) > 10
    assert_same(tmp_path, exports, sources)


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
        sources[role] = declared(role, frame, headers, file=f"{role}.csv", melt={"place": sorted(place.unique())})
    follow_up = exports["follow_up"]
    pyreadstat.write_sav(follow_up, tmp_path / "follow_up.sav")
    sources["follow_up"] = declared("follow_up", follow_up, same(follow_up), file="follow_up.sav")

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
