"""What every script does first: say where errors go, and take the sections of study.yaml that its rule declares."""

import atexit
import gc
import logging
import sys
import traceback
from importlib import import_module
from pathlib import Path
from types import ModuleType

# Scripts import this first. They live for seconds, of which Python would spend a sixth on looking for unused objects
# among those of the libraries: while they are loaded, and at the end, when all are given back anyway.
gc.set_threshold(100_000)
atexit.register(gc.freeze)

from oligomet.sections import Sections  # noqa: E402
from oligomet.study import read_study  # noqa: E402


def begin(snakemake) -> Sections:
    """The study as far as the rule may see it; errors go where `log_errors` says."""
    log_errors(snakemake)
    return Sections(read_study(snakemake.params.study), list(snakemake.params.decisions))


def log_errors(snakemake) -> None:
    """Keep an error of the data or the configuration (ValueError, LookupError) in its own words for the run's end.

    It is written beside the rule's log, with the ending .said, and the Snakefile says it last on the screen. Where in
    the code it was noticed stands in the log.
    """
    log = Path(snakemake.log[0])
    said = log.with_suffix(".said")
    said.unlink(missing_ok=True)

    def report(kind, error, trace):
        log.write_text("".join(traceback.format_exception(kind, error, trace)), encoding="utf-8")
        if issubclass(kind, ValueError | LookupError):
            said.write_text(f"{error}\n", encoding="utf-8")
        else:
            traceback.print_exception(kind, error, trace)

    sys.excepthook = report
    log.write_text("", encoding="utf-8")


def log_to(file: str) -> None:
    """Send what the package has to tell of its work to a rule's log."""
    logger = logging.getLogger("oligomet")
    logger.addHandler(logging.FileHandler(file, encoding="utf-8"))
    logger.setLevel(logging.INFO)


def generator(snakemake, *modules: str) -> list[ModuleType]:
    """Modules of the study's own generator, in the folder of its study.yaml; only this script can import them."""
    sys.path.insert(0, str(Path(snakemake.params.study).parent))
    return [import_module(f"generator.{module}") for module in modules]


def read_cohort(snakemake, study) -> dict:
    """The cohort's analysis tables, by name."""
    from oligomet.tables import read

    names = ("patients", "lesions", "therapies", "surgeries", "measurements", "follow_up", "toxicities")
    return {name: read(snakemake.input[name], variables=study.variables) for name in names}
