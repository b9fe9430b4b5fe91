"""The small study in a folder of its own, to be interrupted."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from whole_run import ROOT, Run


@dataclass(frozen=True)
class Example(Run):
    """`snakemake` with the rules of this repository and the study `example`; results stay where it stands."""

    @classmethod
    def set_up(cls, folder: Path) -> "Example":
        shutil.copytree(ROOT / "studies/example", folder / "studies/example")
        (folder / "config.yaml").write_text("study: example\n")
        return cls(folder)

    def snakemake(self, *arguments: str, check: bool = True) -> str:
        return super().snakemake("-s", str(ROOT / "Snakefile"), *arguments, check=check)

    def start(self, *targets: str) -> subprocess.Popen:
        """A run that goes on while the test does, in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--cores", "2", *targets],
            cwd=self.folder,
            env={**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    @property
    def results(self) -> Path:
        return self.folder / "results/example"
