"""What a submission is made of and what made it, for machines: an RO-Crate and a CODECHECK manifest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from oligomet.manuscript.title_page import TitlePage
    from oligomet.study import Study

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
SNAKEMAKE = {"@type": "ComputerLanguage", "name": "Snakemake", "url": "https://snakemake.readthedocs.io"}
INPUTS = {"study.yaml": "What the study declares: the analysis plan", "requirements.lock": "Versions of the software"}


def write_crate(folder: Path, inputs: Iterable[Path], snakefile: Path, study: Study, title_page: TitlePage) -> None:
    """ro-crate-metadata.json of a folder: its files, the declarations, the workflow and the authors (RO-Crate 1.1).

    `inputs` are copied into the folder's inputs/; records of patients are never among them. The date is the data cut's,
    so that the same submission has the same bytes.
    """
    from rocrate.model.person import Person
    from rocrate.rocrate import ROCrate

    crate = ROCrate()
    made = dt.datetime.combine(study.data_cut, dt.time(), dt.UTC)
    crate.name = study.title
    crate.description = study.synthetic.notice if study.synthetic else f"The paper, and what made it: {study.title}."
    crate.license, crate.datePublished = LICENCE, made
    crate.creator = [
        crate.add(Person(crate, f"https://orcid.org/{one.orcid}" if one.orcid else None, properties={"name": one.name}))
        for one in title_page.authors
    ]
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        crate.add_file(dest_path=file.relative_to(folder).as_posix(), properties={"name": file.stem})
    for file in inputs:
        crate.add_file(file, f"inputs/{file.name}", properties={"name": INPUTS.get(file.name, file.name)})
    crate.add_workflow(snakefile, "inputs/Snakefile", main=True, lang="snakemake", properties={"name": "The workflow"})
    crate.write(folder)


def write_codecheck(folder: Path, manifest: dict[Path, str], study: Study, title_page: TitlePage) -> None:
    """codecheck.yml (CODECHECK 1.0): what a checker has to find again after running the workflow.

    `manifest` has the results as the run writes them, each with what it is.
    """
    authors = [{"name": one.name, **({"ORCID": one.orcid} if one.orcid else {})} for one in title_page.authors]
    content = {
        "version": "https://codecheck.org.uk/spec/config/1.0/",
        "paper": {"title": study.title, "authors": authors, "reference": "to be given by the journal"},
        "manifest": [{"file": file.as_posix(), "comment": comment} for file, comment in manifest.items()],
        "summary": "snakemake --cores 4 makes every file of the manifest anew; snakemake verify compares.",
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
    (folder / "codecheck.yml").write_text(f"---\n{text}", encoding="utf-8")
