"""A copy of the repository in which Snakemake can be run."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ["Snakefile", "config.yaml", "profiles", "workflow", "notebooks", "manuscript", "studies", "docs", "envs"]


@dataclass(frozen=True)
class Run:
    """A copy of the repository in which Snakemake was run."""

    folder: Path

    def snakemake(self, *arguments: str, check: bool = True) -> str:
        """What Snakemake said to these arguments."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            [sys.executable, "-m", "snakemake", *arguments],
            cwd=self.folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
        )
        said = done.stdout + done.stderr
        assert not check or done.returncode == 0, said
        return said

    @property
    def results(self) -> Path:
        return self.folder / "results" / "pumch2022"

    @property
    def said(self) -> str:
        """What the run said that the fixture `run` made."""
        return (self.folder / "said.txt").read_text(encoding="utf-8")

    def contents(self, record: bool = True) -> dict[str, bytes]:
        """What the run left, by file, without its logs; with or without the record of where and by what it was made."""
        files = [file for file in sorted(self.results.rglob("*")) if file.is_file() and "logs" not in file.parts]
        found = {str(file.relative_to(self.results)): file.read_bytes() for file in files}
        return {name: made for name, made in found.items() if record or name != "run_record.csv"}


def copy_repository(target: Path) -> Path:
    target.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part)
        else:
            shutil.copy2(source, target / part)
    return target
