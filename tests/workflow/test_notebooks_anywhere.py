"""The notebooks on the results of a whole run: by hand in every way, and each fit against the estimate beside it."""

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from oligomet.displays.results import Results
from oligomet.estimates import fits
from oligomet.notebooks import executions, scrub

NAMES = ("cohort", "factors", "literature", "response", "robustness", "survival")
BY_HAND = {"papermill": "-m papermill --no-progress-bar", "nbconvert": "-m jupyter nbconvert --to notebook --execute"}


def by_hand(command: str, folder: Path, home: Path) -> str:
    """What a command says that a person types in a folder, with no variable set that the workflow sets."""
    environment = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]), "HOME": str(home)}
    command = [sys.executable, *command.split()]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def shown(path: Path, parameters: dict | None = None) -> dict:
    """What every cell shows, by its id; of a copy made by hand, `parameters` are those it was made with."""
    notebook = nbformat.read(path, 4)
    if parameters is not None:
        scrub(notebook, parameters)
    assert not [cell.id for cell in notebook.cells for output in cell.get("outputs", []) if output.get("name")]
    return {
        cell.id: [(output.output_type, output.data) for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.id != "injected-parameters"
    }


@pytest.fixture(scope="module")
def converted(run, tmp_path_factory) -> Path:
    """Every notebook, executed by nbconvert from notebooks/."""
    folder = tmp_path_factory.mktemp("converted")
    files = " ".join(f"{name}.ipynb" for name in NAMES)
    by_hand(f"{BY_HAND['nbconvert']} {files} --output-dir {folder}", run.folder / "notebooks", folder)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_nbconvert_in_a_kernel_shows_what_the_workflow_shows_in_its_own_process(run, converted, name):
    copy, parameters = ("survival_OS", {"endpoint": "OS"}) if name == "survival" else (name, {})
    found = shown(converted / f"{name}.ipynb", parameters)
    assert any(found.values())
    assert found == shown(run.results / f"notebooks/{copy}.ipynb")


@pytest.mark.parametrize(("place", "source"), [(".", "notebooks/survival.ipynb"), ("notebooks", "survival.ipynb")])
def test_papermill_shows_the_same_from_the_root_and_from_the_folder(run, tmp_path, place, source):
    by_hand(f"{BY_HAND['papermill']} {source} {tmp_path}/survival.ipynb", run.folder / place, tmp_path)
    found = shown(tmp_path / "survival.ipynb", {"endpoint": "OS"})
    assert found == shown(run.results / "notebooks/survival_OS.ipynb")


def test_nbconvert_shows_the_same_from_the_root(run, tmp_path):
    by_hand(f"{BY_HAND['nbconvert']} notebooks/factors.ipynb --output-dir {tmp_path}", run.folder, tmp_path)
    assert shown(tmp_path / "factors.ipynb", {}) == shown(run.results / "notebooks/factors.ipynb")


def test_parameters_of_an_author_get_an_answer(run, tmp_path):
    """Another endpoint and a factor that study.yaml does not compare for it: the fit, and nothing beside it."""
    command = f"{BY_HAND['papermill']} survival.ipynb {tmp_path}/survival.ipynb -p endpoint PFS -p factor figo_stage"
    by_hand(command, run.folder / "notebooks", tmp_path)
    found = shown(tmp_path / "survival.ipynb", {"endpoint": "PFS"})
    assert "figo_stage: I vs IV" in found["cox"][0][1]["text/plain"]
    assert found["cox-beside"][0][1]["text/plain"].count("NaN") == 3 * 4


def test_titles_name_the_endpoint(run):
    for name, title in (("survival_PFS", "Time to event: Progression-free survival"), ("factors", "Factors: Overall")):
        page = (run.results / f"notebooks/{name}.html").read_text(encoding="utf-8")
        assert f"<title>{title}" in page
        assert f">{title}" in page.split("<h1")[1]


def test_the_fits_that_are_shown_are_the_estimates(run):
    """What stands left in a notebook stands right of it: nothing is empty that the study declares."""
    for name, cell in (
        ("survival_OS", "read-off"), ("survival_OS", "logrank-beside"), ("survival_OS", "cox-beside"),
        ("survival_PFS", "read-off"), ("factors", "beside"), ("response", "beside"),
        ("robustness", "landmark-beside"), ("cohort", "described"),
    ):  # fmt: skip
        table = shown(run.results / f"notebooks/{name}.ipynb")[cell][0][1]["text/html"]
        columns = re.search(r'colspan="(\d)" halign="left">this notebook', table)
        numbers = np.array(re.findall("<td>(.*?)</td>", table)).reshape(-1, 2, int(columns[1]) if columns else 1)
        assert len(numbers)
        assert (numbers[:, 0] == numbers[:, 1]).all(), (name, cell)
        assert "NaN" not in numbers[:, 0, 0]


@pytest.fixture(scope="module")
def results(run) -> Results:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(run.folder)
        found = Results("pumch2022")
        for name in ("book", "times", "patients", "lesions", "responses"):
            getattr(found, name)
    return found


def outcomes(results: Results) -> tuple:
    return results.times, results.patients, results.lesions


def assert_equal(beside, lines: int) -> None:
    if beside is None:  # there is no fit, as there is no estimate
        assert lines == 0
        return
    assert len(beside) == lines
    here, there = (beside[name].to_numpy(float) for name in ("this notebook", "estimates"))
    np.testing.assert_allclose(here, there, rtol=1e-8, atol=1e-10)


def compared(study) -> list[tuple[str, str | None]]:
    return [
        (endpoint, factor)
        for endpoint in study.endpoints
        for factor in [None, *study.analyses.compare.get(endpoint, [])]
    ]


def test_every_declared_curve_and_test_is_the_estimate(results):
    study = results.study
    for endpoint, factor in compared(study):
        followed = fits.times_of(endpoint, factor, *outcomes(results), study)
        rates = fits.rates_of(fits.fit_curves(followed, factor, study), study)
        if study.endpoints[endpoint].per == "lesion":  # clustered limits are not lifelines'
            rates = rates[["estimate"]]
        groups = len(study.factors[factor].levels) if factor else 1
        where = {"endpoint": endpoint, "factor": factor}
        lines = groups * (len(study.analyses.rates_at_months) + 1)
        assert_equal(results.beside(rates, analysis="survival", **where), lines)
        if factor:
            test = fits.chi_square_of(fits.compare_curves(followed, factor, study))
            assert_equal(results.beside(test, analysis="logrank", **where), 1)


def test_every_declared_model_is_the_estimate(results):
    study = results.study
    models = [(endpoint, [factor]) for endpoint, factor in compared(study) if factor]
    models += list(study.analyses.multivariable.items())
    for endpoint, factors in models:
        followed = fits.times_of(endpoint, factors, *outcomes(results), study)
        ratios = fits.ratios_of(fits.fit_factors(followed, factors, study), study)
        where = {"analysis": fits.analysis_of(endpoint, factors, study), "endpoint": endpoint}
        contrasts = sum(len(study.factors[name].levels) - 1 for name in factors)
        assert_equal(results.beside(ratios, statistic="hazard_ratio", **where), contrasts)


def test_every_landmark_is_the_estimate(results):
    study = results.study
    for factor, landmark in itertools.product(study.robustness.response_factors, study.robustness.landmarks_months):
        followed = fits.times_from(landmark, "OS", factor, *outcomes(results), results.responses, study)
        ratios = fits.ratios_of(fits.fit_factors(followed, factor, study), study)
        where = {"analysis": "landmark", "statistic": "landmark_hazard_ratio", "time_months": landmark}
        assert_equal(results.beside(ratios, endpoint="OS", **where), 1)


def test_every_odds_ratio_is_the_estimate(results):
    study = results.study
    assert study.analyses.logistic
    for outcome, together in study.analyses.logistic.items():
        for factors in [together, *([name] for name in together)]:
            evaluable = fits.responses_of(outcome, factors, results.patients, results.lesions, study)
            ratios = fits.ratios_of(fits.fit_response(evaluable, factors, study), study)
            where = {"analysis": fits.analysis_of(outcome, factors, study), "statistic": "odds_ratio"}
            found = results.book.some(endpoint=outcome, factor=factors, **where)
            assert len(found) == sum(len(study.factors[name].levels) - 1 for name in factors)
            assert_equal(results.beside(ratios, endpoint=outcome, **where), sum(one.is_defined for one in found))


def test_a_copy_is_made_of_everything_that_the_study_calls_for(run, results):
    assert {file.stem for file in (run.results / "notebooks").glob("*.ipynb")} == executions(results.study).keys()
