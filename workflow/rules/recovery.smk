# What an earlier run may have left: the lock of one that was killed, and files that somebody changed since they were made.
import re
import shutil

from oligomet import run_lock
from oligomet.verify import run_record

ROOM_MB = 100  # that a run may need on the disk
LOOKING = {"-n", "-l", "-S", "-D", "--dry-run", "--dryrun", "--lint", "--list", "--list-rules", "--list-target-rules"}
LOOKING |= {"--summary", "--detailed-summary", "--dag", "--rulegraph", "--filegraph", "--d3dag", "--report", "--unlock"}
only_looks = any(word in LOOKING or re.fullmatch("-[a-zA-Z]*n[a-zA-Z]*", word) for word in sys.argv[1:])
logs = Path(results, "logs")


def begin_run():
    """Alone here, with room on the disk, and without locks of runs that are no more."""
    try:
        Path(".snakemake").mkdir(exist_ok=True)
        held = run_lock.hold(Path(".snakemake", f"{options.study}.run"))
        run_lock.await_jobs(Path(".snakemake", f"{options.study}.jobs"))
        logs.mkdir(parents=True, exist_ok=True)
        (logs / "writable").touch()
        (logs / "writable").unlink()
    except run_lock.AtWork as other:
        stop(f"{other} Wait until it has ended, and type the command again.")
    except OSError as error:
        stop(
            f"{error.filename or '.'} cannot be written here ({error.strerror}): results go to {Path(results).absolute()}. Free it, or"
            f" run from a folder of your own: snakemake -s {Path(workflow.basedir, 'Snakefile')} --cores 4"
        )
    free = shutil.disk_usage(logs).free // 1_000_000
    if free < ROOM_MB:
        stop(f"The disk is nearly full: {free} MB are free, and a run needs {ROOM_MB}. Nothing was begun.")
    atexit.register(tell_full_disk)
    if held and run_lock.remove_stale(Path(".snakemake/locks"), results):
        print("A run was killed here. What it had finished is kept, the rest is done now.", file=sys.stderr)
    return held


def tell_full_disk():
    """Last on the screen: a disk that filled up during the run, whatever else could not be written or said for it."""
    if Path(logs).is_dir() and shutil.disk_usage(logs).free < 1_000_000:
        print("The disk is full. Make room, and type the command again: what was finished is kept.", file=sys.stderr)


def said_by_scripts():
    """The files in which a script said what its user did wrong; of results in a storage, where it worked on a copy."""
    copies = Path(workflow.storage_settings.local_storage_prefix)
    return sorted([*Path(options.results).glob("*/logs/*.said"), *copies.rglob("logs/*.said")])


def set_changed_aside():
    """Each file that is no longer what its job made is kept elsewhere, to be made again: the files."""
    changed = run_record.changed_since(logs)
    project = Path(results, "manuscript/project")
    outputs = {file: project if project in file.parents else file for file in changed}
    for file, output in outputs.items():
        again = "A run makes it again."
        if not only_looks and output.exists():
            again = f"It is made again; what stood there is kept as {run_record.set_aside(file, output)}."
        print(f"{file} was changed since it was made. {again}", file=sys.stderr)
    return [str(output) for output in dict.fromkeys(outputs.values())]


def record_run():
    """What the results of this run were made from and by, and what they are."""
    run_record.write_run_record(
        Path(results, "run_record.csv"),
        [
            nearest("config.yaml"),
            study_file,
            *files_of_exports,
            *(file for file in [claims, *literature.values()] if Path(file).is_file()),
        ],
        [of_workflow(part) for part in ("Snakefile", "workflow", "notebooks", "manuscript")],
        logs,
    )


def record_what_is_done():
    """Where a run was killed after its last job, and nothing is left to do: Snakemake then calls no `onsuccess`."""
    dag = workflow.dag
    if dag is None or not len(list(dag.jobs)) or list(dag.needrun_jobs()):
        return
    record, ended = Path(results, "run_record.csv"), [file.stat().st_mtime for file in logs.glob("*.sha256")]
    if ended and not (record.is_file() and record.stat().st_mtime >= max(ended)):
        record_run()


held = begin_run() if workflow.is_main_process and not only_looks else None
made_again = set_changed_aside() if workflow.is_main_process else []
if held:
    atexit.register(record_what_is_done)


onsuccess:
    record_run()
