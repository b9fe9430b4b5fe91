"""Canaries in every column, sheet and property of the exports: after a whole run, none is outside of extracted/."""

import shutil
import stat

import pytest
import yaml
from canaries import TELEPHONE, WORD, contents, leaks, plant

from whole_run import ROOT, Run


class Ward(Run):
    """A study of real patients, as far as the workflow knows."""

    def make(self, *arguments: str, check: bool = True) -> str:
        return self.snakemake("-s", str(ROOT / "Snakefile"), "--cores", "2", *arguments, check=check)


def set_up(folder, **changes) -> tuple[Ward, list[str]]:
    own = folder / "studies/ward"
    shutil.copytree(ROOT / "studies/pumch2022/raw", own / "raw")
    (own / "published").mkdir()
    shutil.copy2(ROOT / "studies/pumch2022/published/literature.csv", own / "published")
    declared = yaml.safe_load((ROOT / "studies/pumch2022/study.yaml").read_text(encoding="utf-8"))
    del declared["synthetic"]
    declared |= {"study": "ward", "privacy": {"shift_dates_days": 60, "smallest_cell": 5}}
    declared["robustness"] |= {"bootstrap_replicates": 100, "imputed_datasets": 2}
    found = plant(own / "raw", declared["sources"])
    declared["sources"]["patients"] |= changes
    (own / "study.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (folder / "config.yaml").write_text("study: ward\n")
    return Ward(folder), found


@pytest.fixture(autouse=True, scope="module")
def no_key_of_our_own():
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("OLIGOMET_PSEUDONYM_KEY", raising=False)
        yield


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> tuple[Ward, list[str], str]:
    ward, found = set_up(tmp_path_factory.mktemp("ward"))
    return ward, found, ward.make()


def test_the_canaries_are_read_and_the_search_would_find_them(finished):
    ward, found, _ = finished
    extracted = ward.folder / "results/ward/extracted"
    assert len(found) > 100
    for file in extracted.iterdir():
        assert WORD in file.read_text(encoding="utf-8"), file
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert TELEPHONE in (extracted / "quarantined_cells.csv").read_text(encoding="utf-8")
    raw = ward.folder / "studies/ward/raw"
    assert {file.split(":")[0].rpartition("/")[2] for file in leaks(raw, [], extracted)} == {
        file.name for file in raw.iterdir() if file.suffix in (".csv", ".xlsx")
    }
    paper = ward.folder / "results/ward/manuscript/paper"
    assert all(any("radiotherapy" in text for text in contents(paper.with_suffix(kind))) for kind in (".pdf", ".docx"))


def test_no_identifier_is_anywhere_else(finished):
    ward, found, said = finished
    extracted = ward.folder / "results/ward/extracted"
    assert len(list((ward.folder / "results/ward/notebooks").glob("*.html"))) > 5
    assert leaks(ward.folder / "results", found, extracted) == []
    assert leaks(ward.folder / ".snakemake", found, extracted) == []
    assert WORD.lower() not in said.lower() and TELEPHONE not in said


def test_the_key_is_made_beside_the_declarations_and_is_nowhere_else(finished):
    ward, _, said = finished
    file = ward.folder / "studies/ward/pseudonym.key"
    key = file.read_text().strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and key not in said
    for folder in ("results", ".snakemake"):
        assert leaks(ward.folder / folder, [key], ward.folder / "results/ward/extracted") == []


def test_a_patients_row_that_is_taken_for_headings_is_not_repeated(tmp_path):
    ward, found = set_up(tmp_path, header_row=2)
    said = ward.make(check=False)
    assert "is this the row of the headings? header_row says which." in said
    assert not any(word.lower() in said.lower() for word in [WORD, *found])
    assert leaks(tmp_path / "results", found, tmp_path / "results/ward/extracted") == []
