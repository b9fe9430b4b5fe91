"""One run at a time, told by locks of the operating system, which end with their process, however it ends."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import sys
import time
from pathlib import Path
from typing import TextIO

PATIENCE = 1.0  # seconds, as whoever only looks holds the lock for a moment


class AtWork(RuntimeError):
    """Another run holds the lock; in words, with its process and since when."""


def hold(file: Path) -> TextIO | None:
    """The lock of a run, held until this process ends or the file that is given back is closed.

    None where the file system knows no locks, so that nobody can tell whether another run is at work.

    Raises
    ------
    AtWork
        If another process holds it.
    OSError
        If the file cannot be written.
    """
    opened = file.open("a+", encoding="utf-8")
    patient_until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > patient_until:
                opened.seek(0)
                raise AtWork(f"Another run is at work here: {opened.read().strip() or 'it has just begun'}.") from None
            time.sleep(0.05)
        except OSError:
            return None
    opened.truncate(0)
    opened.write(f"process {os.getpid()}, since {dt.datetime.now():%H:%M:%S on %Y-%m-%d}")
    opened.flush()
    return opened


def share(file: Path) -> TextIO | None:
    """The lock of a job, which many can hold at once: who begins a run waits until those of a killed one are done."""
    try:
        opened = file.open("a", encoding="utf-8")
        fcntl.flock(opened, fcntl.LOCK_SH)
    except OSError:
        return None
    return opened


def await_jobs(file: Path) -> None:
    """Wait for the jobs that outlived their run, as they still write."""
    with file.open("a", encoding="utf-8") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Jobs of a run that was killed are still at work; this run begins when they end.", file=sys.stderr)
            fcntl.flock(opened, fcntl.LOCK_EX)
        except OSError:
            return


def remove_stale(locks: Path, of: str) -> bool:
    """Remove Snakemake's lock files that name a file under `of`; whether there were any. For the holder of the lock."""
    stale = [file for file in locks.glob("*.lock") if f"\n{of}/" in "\n" + file.read_text(encoding="utf-8")]
    for file in stale:
        file.unlink()
    return bool(stale)
