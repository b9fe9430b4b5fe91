"""What every script does first: say where errors go, and take the sections of study.yaml that its rule declares."""

import atexit
import errno
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

from oligomet import run_lock  # noqa: E402
from oligomet.sections import Sections  # noqa: E402
from oligomet.study import read_study  # noqa: E402
from oligomet.verify.run_record import record_outputs  # noqa: E402

JOB: list = []  # its lock, which is to last as long as the process


def begin(snakemake) -> Sections:
    """The study as far as the rule may see it; errors go where `log_errors` says."""
    log_errors(snakemake)
    return Sections(read_study(snakemake.input.study), list(snakemake.params.decisions))


def log_errors(snakemake) -> None:
    """Keep an error of the data or the configuration (ValueError, LookupError) in its own words for the run's end.

    It is written beside the rule's log, with the ending .said, and the Snakefile says it last on the screen. Where in
    the code it was noticed stands in the log. So is what the machine refuses (OSError), and, with the ending .sha256,
    the hash of every file that the job makes. While it runs a lock says that it does, even if its run has been killed.
    """
    log = Path(snakemake.log[0])
    JOB.append(run_lock.share(Path(".snakemake", f"{log.parents[1].name}.jobs")))
    said, record = log.with_suffix(".said"), log.with_suffix(".sha256")
    for file in (said, record):
        file.unlink(missing_ok=True)

    def report(kind, error, trace):
        atexit.unregister(record_outputs)
        try:
            log.write_text("".join(traceback.format_exception(kind, error, trace)), encoding="utf-8")
            if issubclass(kind, ValueError | LookupError):
                said.write_text(f"{error}\n", encoding="utf-8")
                return
            if issubclass(kind, OSError):
                said.write_text(f"{of_the_machine(error)}\n", encoding="utf-8")
                return
        except OSError:  # a full disk has no room for words
            if issubclass(kind, OSError):
                print(of_the_machine(error), file=sys.stderr)
                return
        traceback.print_exception(kind, error, trace)

    sys.excepthook = report
    log.write_text("", encoding="utf-8")
    atexit.register(record_outputs, [str(file) for file in snakemake.output], record)


def of_the_machine(error: OSError) -> str:
    """What the machine refused, in words."""
    what = f"{error.filename or 'A file'}: {(error.strerror or str(error)).lower()}."
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{what} The disk is full; make room, and type the command again: what was finished is kept."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{what} Give yourself the right to it, and type the command again."
    return f"{what} Type the command again; if it is said again, the machine needs looking at."


def log_to(file: str) -> None:
    """Send what the package has to tell of its work to a rule's log."""
    logger = logging.getLogger("oligomet")
    logger.addHandler(logging.FileHandler(file, encoding="utf-8"))
    logger.setLevel(logging.INFO)


def generator(snakemake, *modules: str) -> list[ModuleType]:
    """Modules of the study's own generator, in the folder of its study.yaml; only this script can import them."""
    sys.path.insert(0, str(Path(snakemake.input.study).parent))
    return [import_module(f"generator.{module}") for module in modules]


def read_cohort(snakemake, study) -> dict:
    """The cohort's analysis tables, by name."""
    from oligomet.schemas import OPTIONAL
    from oligomet.tables import read

    names = ("patients", "lesions", "therapies", "surgeries", "measurements", "follow_up", "toxicities", *OPTIONAL)
    there = {name: snakemake.input.get(name) for name in names}  # no file: what the study need not have
    return {name: read(file, variables=study.variables) for name, file in there.items() if file}
