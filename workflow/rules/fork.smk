# Scripts of a run on this machine are copies of one process that has loaded their libraries: a third less processor time.
import subprocess

from oligomet.fork_server import LATE, ForkServer

from snakemake.script import PythonScript

FEW = 4  # scripts for which it is not worth while to load all libraries
fork_server = None


def start_fork_server():
    """For a run of more than a few scripts; on Linux, as libraries of other systems do not bear to be forked."""
    global fork_server
    if not (workflow.is_main_process and workflow.local_exec and sys.platform == "linux"):
        return
    order = [rule.name for rule in workflow.rules]
    jobs = [job for job in workflow.dag.needrun_jobs() if job.rule.script]
    if len(jobs) > FEW:
        jobs.sort(key=lambda job: order.index(job.rule.name))
        files = [file for job in jobs for file in job.input.get("code", []) if file.endswith(".py")]
        paths = [Path(os.path.relpath(file, sys.path[0])).with_suffix("") for file in dict.fromkeys(files)]
        ours = [".".join(path.parts) for path in paths if path.parts[0] == "oligomet"]
        fork_server = ForkServer(["snakemake.iocontainers", *ours, *LATE])
        atexit.register(fork_server.close)


def execute_script(script, file, edit=False, _execute=PythonScript.execute_script):
    """Snakemake's `PythonScript.execute_script`, in a copy where there is a server and no other Python is asked for."""
    if fork_server is None or script.conda_env or script.container_img or script.env_modules:
        return _execute(script, file, edit)
    try:
        code = fork_server.run(file)
    except OSError:
        return _execute(script, file, edit)
    if code:
        raise subprocess.CalledProcessError(code, [sys.executable, file])


PythonScript.execute_script = execute_script
