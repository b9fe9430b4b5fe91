"""Text is text: what would act on a page, or explode while it is read, is refused in words and at once."""

import time

import pytest
import yaml

from oligomet.audit.claims_file import read_claims_file
from oligomet.declarations import ConfigurationError
from oligomet.study import declared_in
from whole_run import ROOT, Run

SCRIPT = "<img src=x onerror=alert(1)>"
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 20))


@pytest.mark.parametrize("place", ["title", "endpoints.OS.label", "sites.liver.label", "tables.table1.title"])
def test_a_tag_in_what_a_page_shows_is_refused(tmp_path, place):
    declared = yaml.safe_load((ROOT / "studies/pumch2022/study.yaml").read_text(encoding="utf-8"))
    *path, last = place.split(".")
    section = declared
    for name in path:
        section = section[name]
    section[last] = f"{section[last]} {SCRIPT}"
    file = tmp_path / "study.yaml"
    file.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    (problem,) = declared_in(file)[1]
    assert problem.place == place and "a tag is no text" in problem.said and problem.stops


def test_a_tag_in_a_citation_is_a_mistake_of_its_file(tmp_path):
    file = tmp_path / "claims.yaml"
    file.write_text(f"citation: A {SCRIPT}\ntitle: P < 0.05\nanswer: <group>\n")
    (mistake,) = read_claims_file(file).mistakes
    assert mistake.where == ("citation",)


def test_aliases_that_multiply_are_refused_within_a_second(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(BOMB)
    began = time.process_time()
    (problem,) = declared_in(file)[1]
    with pytest.raises(ConfigurationError, match="more than 50000 things") as error:
        read_claims_file(file)
    assert time.process_time() - began < 3
    assert len(problem.said) < 200 and len(str(error.value)) < 400


@pytest.mark.parametrize("name", ["../../x", "/etc", ".hidden", "a b/../c"])
def test_a_study_is_a_folder_of_studies(tmp_path, name):
    said = Run(tmp_path).snakemake("-s", str(ROOT / "Snakefile"), "-n", "--config", f"study={name}", check=False)
    assert "is no name of a study" in said.strip().splitlines()[-1]
