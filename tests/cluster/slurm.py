"""A Slurm of one node on the loopback interface, for a test: munged, slurmctld and slurmd in a folder of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd", "sbatch")
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
PLACE = Path("/etc/slurm/slurm.conf")  # where the jobs look, which keep no variable of the one who submitted them
# Neither control groups nor an accounting database: what a test of a workflow needs of a cluster is its queue.
CONFIGURATION = """\
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={first}
SlurmdPort={second}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str | None:
    """Why there can be no Slurm here, if there cannot."""
    absent = [name for name in DAEMONS if not shutil.which(name, path=PATH)]
    if absent:
        return f"{', '.join(absent)} not installed (Debian: slurm-wlm, munge)"
    if PLACE.exists():
        return f"{PLACE} is of a cluster that is there already"
    return None if os.geteuid() == 0 else "slurmd runs as root"


@contextmanager
def slurm(folder: Path) -> Iterator[dict[str, str]]:
    """Start it, and stop it at the end; gives the environment in which sbatch is found."""
    (folder / "state").mkdir(parents=True)
    (folder / "spool").mkdir()
    folder.chmod(0o755)
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    memory = int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6 * 0.9)
    host = socket.gethostname().split(".")[0]
    (folder / "slurm.conf").write_text(
        CONFIGURATION.format(
            folder=folder, host=host, first=_port(), second=_port(), cores=os.cpu_count(), memory=memory
        )
    )
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.symlink_to(folder / "slurm.conf")
    environment = os.environ | {"PATH": PATH}
    munged = f"munged --foreground --force --key-file={key} --socket={folder}/munge.socket "
    munged += f"--pid-file={folder}/munged.pid --log-file={folder}/munged.log --seed-file={folder}/munged.seed"
    started: list[subprocess.Popen] = []
    try:
        for command in (munged, "slurmctld -D", f"slurmd -D -N {host}"):
            with (folder / "daemons.log").open("a") as log:
                started.append(subprocess.Popen(command.split(), env=environment, stdout=log, stderr=log))
            time.sleep(2)
        _until_idle(environment, folder)
        yield environment
    finally:
        for daemon in reversed(started):
            daemon.terminate()
            daemon.wait(30)
        PLACE.unlink()


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _until_idle(environment: dict[str, str], folder: Path) -> None:
    for _ in range(30):
        told = subprocess.run(["sinfo", "-h", "-o", "%T"], env=environment, capture_output=True, text=True).stdout
        if "idle" in told:
            return
        time.sleep(1)
    raise RuntimeError(f"no node of Slurm is idle: {told}; the logs are in {folder}")
