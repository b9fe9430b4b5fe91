"""From a hospital's raw records of radiotherapy for oligometastatic disease to the numbers of the paper.

Pure functions on data frames, a sub-package a stage:
extract -> cohort -> outcomes -> estimates -> displays, with audit and synthetic beside them.
Nothing here knows of Snakemake, and only `tables`, `study` and `extract` touch a file.
"""

import sys
from types import ModuleType
from typing import cast

# jsonschema, which comes with nbformat, would import it to check addresses, of which a notebook has none: it builds a
# grammar, and that takes longer than all else that papermill imports, or Snakemake to start a script.
sys.modules.setdefault("rfc3987_syntax", cast(ModuleType, None))
