# What the rules share: the checked configuration, the names of files, and what a rule depends on besides its inputs.
# Results go to where the run stands; what it reads is looked for there first (see `nearest`), then beside the Snakefile.
import atexit
import gc
import os
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

gc.freeze()  # what is loaded so far stays: Python need not look through it again and again for what is unused
atexit.register(gc.freeze)

sys.path.insert(0, str(Path(workflow.basedir, "workflow")))
os.environ |= {
    "PYTHONPATH": os.pathsep.join([sys.path[0], *filter(None, [os.environ.get("PYTHONPATH")])]),
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",  # sums in the same order at 1 and at 4 cores
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "1640822400",  # no file tells when it was made
}

from oligomet.extract.files import raw_files
from oligomet.imports import files_of
from oligomet.schemas import TABLES
from oligomet.declarations import ConfigurationError
from oligomet.study import Sections, check_config, read_study


def of_workflow(path):
    """What lies beside the Snakefile, as seen from where the run stands."""
    return os.path.relpath(Path(workflow.basedir, path))


def nearest(path):
    """What a hospital may have of its own (config.yaml, studies/): its own where there is one, else the workflow's."""
    return path if Path(path).exists() else of_workflow(path)


try:
    options = check_config(config)
    study_folder = nearest(f"studies/{options.study}")
    study_file = f"{study_folder}/study.yaml"
    study = read_study(study_file, options.study)
except ConfigurationError as problems:
    raise WorkflowError(str(problems)) from None

raw = f"{study_folder}/raw"
published = f"{study_folder}/published"
results = f"results/{options.study}"

claims = f"{published}/claims.yaml"
audited = Path(claims).is_file()


def table(name):
    return f"{results}/{name}.csv"


def logfile(name):
    return f"{results}/logs/{name}.log"


# All sections, and those that a notebook can show: how exports are read shows in the tables that come of it.
study_sections = list(type(study).model_fields)
shown = [name for name in study_sections if name not in ("parsing", "sources", "terms")]

cohort_input = {
    name: table(f"cohort/{name}")
    for name in ("patients", "lesions", "therapies", "surgeries", "measurements", "follow_up", "toxicities")
}


def decisions(*sections):
    """Sections of study.yaml: a rule reruns when one of its own changes, and its script sees no others."""
    return Sections(study, list(sections)).values()


def code(script, *modules):
    """A script and every module of ours that it rests on, so that editing one reruns the rule.

    `modules` are those that the script uses without importing them: a study's generator, a notebook and its imports.
    """
    scripts = Path(workflow.basedir, "workflow", "scripts")
    files = files_of(scripts / f"{script}.py", *modules, beside=(scripts, Path(study_folder).absolute()))
    return [os.path.relpath(file) for file in files]


files_of_exports = raw_files(study.sources, raw)
