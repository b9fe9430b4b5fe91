"""The synthetic hospital: however messy its exports, cleaning them gives the clean tables back."""

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from generator.words import WORDS
from oligomet.cohort.build import build_cohort
from oligomet.cohort.pseudonyms import PUBLIC_KEY, name_patients
from oligomet.extract.readers import extract_sources
from oligomet.schemas import SOURCES, conform
from oligomet.study import read_study
from oligomet.synthetic.hospital import export

STUDY = read_study(Path(__file__).parents[2] / "studies/pumch2022/study.yaml")
DAY = pd.Timedelta(days=1)


def invent(seed: int) -> dict[str, pd.DataFrame]:
    """Clean tables of a few patients: any codes, any lengths, plans that add up, dates in their order."""
    rng = np.random.default_rng(seed)
    tables = {role: [] for role in SOURCES}

    def code(vocabulary: str) -> str:
        return str(rng.choice(list(STUDY.terms[vocabulary])))

    def later(day: pd.Timestamp, low: int = 1, high: int = 200) -> pd.Timestamp:
        return day + int(rng.integers(low, high)) * DAY

    def maybe(value, missing=pd.NA):
        return value if rng.random() < 0.7 else missing

    for number in rng.choice(9000, rng.integers(1, 5), replace=False):
        who = {"patient_id": f"T-{number:04d}"}
        operated = later(pd.Timestamp("2010-01-01"), high=400)
        first = later(operated)
        start = later(pd.Timestamp("2013-01-01"), high=2500)
        end = later(start, high=50)
        count = int(rng.integers(1, 4))
        tables["patients"].append(
            who
            | dict(
                birth_date=later(pd.Timestamp("1935-01-01"), high=15000),
                histology=code("histology"),
                figo_stage=code("figo_stage"),
                kps=int(rng.integers(6, 11)) * 10,
                screening_date=later(start, -40, 0),
                metastases=count + int(rng.integers(0, 4)),
                surgery_or_systemic_feasible=int(rng.random() < 0.1),
            )
        )
        for drug in ("paclitaxel + carboplatin", "olaparib", "drug; with a separator, and “quotes”"):
            begun = later(first)
            over = later(begun)
            course = dict(drug=drug, therapy_class=code("therapy_class"), platinum=int(rng.random() < 0.5))
            course |= dict(start_date=begun, end_date=maybe(over, pd.NaT), reason=code("therapy_reason"))
            tables["therapies"].append(who | course | dict(relapse_date=maybe(later(over), pd.NaT)))
        procedure = "biopsy" if rng.random() < 0.2 else "cytoreduction"
        tables["surgeries"].append(who | dict(date=operated, procedure=procedure))
        for lesion in range(1, count + 1):
            where = who | dict(lesion_number=lesion)
            size = float(rng.choice([0.1, 2.43, 30.0, rng.uniform(0.1, 30), 0.1 + 0.2]))
            tables["lesions"].append(where | dict(site=code("site"), gtv_diameter_cm=maybe(size, np.nan)))
            fractions = int(rng.integers(1, 31))
            low, high = round(float(rng.uniform(1, 2)), 2), float(rng.uniform(2, 3))
            doses = dict(ptv_fraction_gy=low, ptv_dose_gy=fractions * low)
            boost = dict(pgtv_fraction_gy=high, pgtv_dose_gy=fractions * high) if rng.random() < 0.7 else {}
            dates = dict(start_date=start, end_date=end)
            tables["plans"].append(
                where | dict(technique=code("technique"), fractions=fractions) | doses | boost | dates
            )
            for months in range(int(rng.integers(0, 4))):
                axes = sorted(rng.uniform(0, 30, 2))
                scan = dict(date=end + 90 * months * DAY, modality=code("modality"), new_lesions=maybe(0))
                seen = dict(seen=1, short_axis_cm=maybe(axes[0], np.nan), long_axis_cm=maybe(axes[1], np.nan))
                tables["measurements"].append(where | scan | (seen if months < 2 else dict(seen=0)))
        for months in range(1, 4):
            recurrence = rng.random() < 0.5
            contact = dict(
                date=end + 100 * months * DAY,
                status="dead" if months == 3 and rng.random() < 0.5 else "alive",
                in_field_recurrence=maybe(int(recurrence)),
                in_field_lesions=";".join(map(str, range(1, count + 1))) if recurrence else pd.NA,
                distant_progression=maybe(int(rng.random() < 0.5)),
                cause_of_death=code("cause_of_death") if months == 3 else pd.NA,
            )
            tables["follow_up"].append(who | contact)
        if rng.random() < 0.5:
            harm = dict(toxicity=code("toxicity"), grade=int(rng.integers(1, 5)), onset_date=start + 7 * DAY)
            tables["toxicities"].append(who | harm)
    return {role: conform(pd.DataFrame(rows), SOURCES[role]) for role, rows in tables.items()}


def clean(folder: Path) -> dict[str, pd.DataFrame]:
    return build_cohort(extract_sources(STUDY, folder), STUDY, PUBLIC_KEY)


def assert_given_back(tables: dict[str, pd.DataFrame], cohort: dict[str, pd.DataFrame]) -> None:
    """Every patient is screened, and of the eligible every row is there, with every value, to the last bit."""
    names = name_patients(tables["patients"]["patient_id"], PUBLIC_KEY)
    assert set(cohort["screened"]["patient_id"]) == set(names.values())
    for role, table in tables.items():
        table = table.assign(patient_id=table["patient_id"].map(names).astype("string"))
        if "lesion_number" in table:
            table["lesion_id"] = table["patient_id"] + "-L" + table["lesion_number"].astype("string")
        table = table[table["patient_id"].isin(cohort["patients"]["patient_id"])]
        given_back = cohort["lesions" if role == "plans" else role]
        columns = [column for column in table if column in given_back]
        assert set(SOURCES[role]) - set(columns) <= {
            "birth_date",
            "surgery_or_systemic_feasible",
            "lesion_number",
            "drug",
        }
        pd.testing.assert_frame_equal(
            *(frame[columns].sort_values(columns, ignore_index=True) for frame in (table, given_back)), check_exact=True
        )


@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32 - 1))
def test_cleaning_gives_any_clean_tables_back(seed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw")
    tables = invent(seed)
    export(tables, STUDY, WORDS, folder)
    assert_given_back(tables, clean(folder))


@pytest.fixture(scope="module")
def hospital(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw")
    tables = [invent(seed) for seed in range(12)]
    tables = {role: pd.concat([one[role] for one in tables], ignore_index=True) for role in SOURCES}
    tables = {role: table.drop_duplicates(STUDY.sources[role].key) for role, table in tables.items()}
    export(tables, STUDY, WORDS, folder)
    return tables, folder


def test_the_same_tables_give_the_same_bytes(hospital, tmp_path):
    tables, folder = hospital
    export(tables, STUDY, WORDS, tmp_path)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(files) == {source.file for source in STUDY.sources.values()}
    assert files == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_every_mistake_ends_in_quarantine(hospital):
    _, folder = hospital
    quarantine = clean(folder)["quarantine"]
    kinds = quarantine[quarantine["row_kept"] == 0].groupby("role")["kind"].agg(set)
    for role in STUDY.sources:
        assert {"duplicate", "orphan"} <= kinds[role] | ({"orphan"} if role == "patients" else set())
        assert "superseded" in kinds[role] or not STUDY.sources[role].edited
        assert kinds[role] & {"unreadable", "impossible_date", "unknown_term"}
    for reason in ("death before the last fraction", "before the patient's birth", "not fractions x dose per fraction"):
        assert quarantine["reason"].str.contains(reason).any()
    assert (quarantine["row_kept"] == 1).any()


def test_the_exports_are_messy(hospital):
    _, folder = hospital
    cells = extract_sources(STUDY, folder)
    text = {role: " ".join(frame[list(SOURCES[role])].to_numpy().ravel()) for role, frame in cells.items()}
    assert "mm" in text["measurements"] and "cm" in text["measurements"]
    assert "cGy" in text["plans"] and " Gy" in text["plans"]
    assert any("０" <= sign <= "９" for sign in "".join(text.values()))
    shapes = cells["follow_up"]["date"].str.replace(r"\d", "9", regex=True).str.replace("[A-Za-z]", "x", regex=True)
    assert shapes.nunique() > 6
    assert cells["follow_up"]["status"].nunique() > 4
    assert len(set(cells["patients"]["figo_stage"])) > 4


def test_nobody_is_real_and_the_files_say_so(hospital):
    _, folder = hospital
    assert "Synthetic Patient 0001" in (folder / "patients.csv").read_text("utf-8-sig")
    for file in ("treatment.xlsx", "radiotherapy.xlsx"):
        assert "ynthetic" in openpyxl.load_workbook(folder / file).properties.title
    first = openpyxl.load_workbook(folder / "treatment.xlsx")["Systemic therapy"]["A1"].value
    assert first.startswith("Synthetic cohort")
    plans = openpyxl.load_workbook(folder / "radiotherapy.xlsx")["Plans"]
    assert any(cell.is_date for row in plans for cell in row)  # true dates of a workbook, beside those typed as text


def test_what_is_not_clean_or_not_synthetic_is_refused(hospital, tmp_path):
    tables, _ = hospital
    unclean = {
        **tables,
        "surgeries": pd.concat([tables["surgeries"]] * 2),
        "measurements": tables["measurements"].assign(long_axis_cm=32.7),
    }
    with pytest.raises(ValueError) as error:
        export(unclean, STUDY, WORDS | {"procedure": {"biopsy": ("Biopsy",)}}, tmp_path)
    assert "surgeries: rows share patient_id, date" in str(error.value)
    assert "measurements.long_axis_cm: [32.7, " in str(error.value)
    assert "surgeries.procedure: there is no word for cytoreduction" in str(error.value)
    with pytest.raises(ValueError, match="without a section `synthetic`"):
        export(tables, STUDY.model_copy(update={"synthetic": None}), WORDS, tmp_path)
    assert not list(tmp_path.iterdir())
