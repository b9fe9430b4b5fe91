"""What `pip install .` installs, the package with every file that it reads; and the names of its files."""

import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

from oligomet.imports import PACKAGE


def test_the_wheel_holds_every_file_of_the_package(tmp_path):
    uv = Path(sys.executable).with_name("uv")
    command = [uv, "build", "--quiet", "--wheel", "--no-build-isolation", "--offline", "--out-dir", tmp_path]
    subprocess.run(command, cwd=PACKAGE.parents[1], check=True)
    (wheel,) = tmp_path.glob("oligomet-*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("oligomet/")}
    files = [file for file in PACKAGE.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    assert packed == {str(file.relative_to(PACKAGE.parent)) for file in files}


def test_a_file_is_known_by_its_name_alone():
    names = Counter(file.name for file in PACKAGE.rglob("*.py") if file.name != "__init__.py")
    assert [name for name, times in names.items() if times > 1] == []
