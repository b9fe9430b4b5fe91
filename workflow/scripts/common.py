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

from oligomet.study import Sections, read_study  # noqa: E402


def begin(snakemake) -> Sections:
    """The study as far as the rule may see it; errors go where `log_errors` says."""
    log_errors(snakemake)
    return Sections(read_study(snakemake.params.study), list(snakemake.params.decisions))


def log_errors(snakemake) -> None:
    """Send an error of the data or the configuration (ValueError, LookupError) to the terminal in its own words.

    Where in the code it was noticed stands in the rule's log.
    """
    log = Path(snakemake.log[0])

    def report(kind, error, trace):
        log.write_text("".join(traceback.format_exception(kind, error, trace)), encoding="utf-8")
        if issubclass(kind, ValueError | LookupError):
            print(error, file=sys.stderr)
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


def read_cohort(snakemake) -> dict:
    """The cohort's analysis tables, by name."""
    from oligomet.tables import read

    names = ("patients", "lesions", "therapies", "surgeries", "measurements", "follow_up", "toxicities")
    return {name: read(snakemake.input[name]) for name in names}
