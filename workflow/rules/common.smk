# What the rules share: the checked configuration, the names of files, and what a rule depends on besides its inputs.
# Results go to where the run stands; what it reads is looked for there first (see `nearest`), then beside the Snakefile.
import atexit
import gc
import os
import re
import shlex
import sys
from functools import cache
from pathlib import Path

gc.freeze()  # what is loaded so far stays: Python need not look through it again and again for what is unused
gc.set_threshold(100_000)  # nor through what the rules add, until there is much of it
atexit.register(gc.freeze)

sys.path.insert(0, str(Path(workflow.basedir, "workflow")))
if shlex.quote(sys.executable) != sys.executable:  # Snakemake has a shell start scripts with it, and does not quote it
    os.environ |= {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])}
    sys.executable = Path(sys.executable).name
os.environ |= {
    "PYTHONPATH": os.pathsep.join([sys.path[0], *filter(None, [os.environ.get("PYTHONPATH")])]),
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",  # sums in the same order at 1 and at 4 cores
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "1640822400",  # no file tells when it was made
}

from oligomet.extract.files import raw_files
from oligomet.imports import files_of
from oligomet.schemas import OPTIONAL, TABLES
from oligomet.declarations import ConfigurationError
from oligomet.sections import Sections
from oligomet.study import check_config, declared_in


def of_workflow(path):
    """What lies beside the Snakefile, as seen from where the run stands."""
    return os.path.relpath(Path(workflow.basedir, path))


def nearest(path):
    """What a hospital may have of its own (config.yaml, studies/): its own where there is one, else the workflow's."""
    return path if Path(path).exists() else of_workflow(path)


def stop(said):
    """End with these words as the last thing on the screen."""
    print(said, file=sys.stderr)
    raise SystemExit(1)


def tell_problems():
    """Everything that is wrong with the study, on the screen and as a table; 1 if something stops a run, else 0."""
    from oligomet.tables import write_csv
    from oligomet.validate.data import check_study
    from oligomet.validate.published_files import check_published
    from oligomet.validate.report import as_table, report

    found = check_study(Path(study_file), options.study)
    found.problems.extend([] if problems else check_published(Path(study_folder, "published"), study))
    write_csv(as_table(found.problems), table("validation"))
    print(report(found), file=sys.stderr)
    return int(found.stops)


def check_what_is_published():
    """Before any job, as whatever is wrong with other series or the study's own paper shows late in a run."""
    if literature or audited:
        from oligomet.validate.problems import told
        from oligomet.validate.published_files import check_published

        if wrong := check_published(Path(published), study):
            stop(told(wrong))


def table(name):
    return f"{results}/{name}.csv"


def logfile(name):
    return f"{results}/logs/{name}.log"


try:
    options = check_config(config)
except ConfigurationError as problems:
    stop(problems)

if not re.fullmatch(r"\w[\w.-]*", options.study):
    stop(
        f"{options.study[:80]!r} is no name of a study: expected that of a folder in studies/, letters, digits, - and _."
    )
results = f"{options.results}/{options.study}"
study_folder = nearest(f"studies/{options.study}")
study_file = f"{study_folder}/study.yaml"

if "new_study" in sys.argv:  # the rules are read with what every new study begins with
    if Path(study_folder).exists():
        stop(f"{study_folder}/ is there already; nothing was written. Choose another name, or remove it yourself.")
    study_folder, study_file = f"studies/{options.study}", of_workflow("workflow/oligomet/new_study/study.yaml")
elif Path(f"{study_folder}/published/claims.yaml").is_file() and not Path(study_file).is_file():
    stop(
        f"Of {options.study} there is only the paper. Its audit, whichever study is configured:\n"
        f"  snakemake --cores 1 {options.results}/{options.study}/audit/audit.html"
    )
elif not Path(study_file).is_file():
    names = {file.parent.name for at in ("studies", of_workflow("studies")) for file in Path(at).glob("*/study.yaml")}
    stop(
        f"There is no study {options.study}: no {study_file}. There are {', '.join(sorted(names))}.\n"
        f"  A new one: snakemake new_study --config study={options.study}"
    )

# What all rules read, and none runs again because it is newer; `decisions` tells what changed of what it sees.
declared_study = ancient(study_file)
study, problems = declared_in(study_file, options.study)
if "validate" in sys.argv or (problems and "new_study" not in sys.argv):
    raise SystemExit(tell_problems())

raw = f"{study_folder}/raw"
published = f"{study_folder}/published"

claims = f"{published}/claims.yaml"
audited = Path(claims).is_file()
# Studies that others published: asked of no study that has none.
literature = {"literature": file for file in [f"{published}/literature.csv"] if Path(file).is_file()}

# All sections, and those that a notebook can show: how exports are read shows in the tables that come of it.
study_sections = list(type(study).model_fields)
shown = [name for name in study_sections if name not in ("parsing", "sources", "terms")]

cleaning = [
    *(
        "courses",
        "cross_checks",
        "data_cut",
        "deaths_set_aside",
        "deaths_without_date",
        "dose",
        "eligibility",
        "months",
        "parsing",
        "privacy.shift_dates_days",
        "sites",
        "sources",
    ),
    *("terms", "not_collected"),
]
cohort_input = {
    name: table(f"cohort/{name}")
    for name in ("patients", "lesions", "therapies", "surgeries", "measurements", "follow_up", "toxicities", *OPTIONAL)
    if name not in OPTIONAL or name in study.sources
}


def decisions(*sections):
    """Sections of study.yaml: a rule reruns when one of its own changes, and its script sees no others.

    Each sees `variables`: they are columns of the tables that it may read.
    """
    return Sections(study, ["variables", *dict.fromkeys(sections)]).values()


relative = cache(os.path.relpath)  # most files are asked for by many rules


def code(script, *modules):
    """A script and every module of ours that it rests on, so that editing one reruns the rule.

    `modules` are those that the script uses without importing them: a study's generator, a notebook and its imports.
    """
    scripts = Path(workflow.basedir, "workflow", "scripts")
    files = files_of(scripts / f"{script}.py", *modules, beside=(scripts, Path(study_folder).absolute()))
    return list(map(relative, files))


def beside(claims):
    """What stands beside a claims.yaml, as far as it does: the paper's tokens, and points of its curves."""
    folder = Path(claims).parent
    names = [folder / "tokens.csv", folder / "nonclaims.yaml", *sorted(folder.glob("curves/*.csv"))]
    return [str(file) for file in names if file.is_file()]


files_of_exports = raw_files(study.sources, raw)
