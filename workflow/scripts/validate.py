"""What is wrong with the exports, as a table. Where something stops the run, `onerror` says on the screen what."""

from common import log_errors

import sys
from pathlib import Path

from oligomet.tables import write_csv
from oligomet.validate.data import check_study
from oligomet.validate.report import as_table

log_errors(snakemake)
problems, _ = check_study(Path(snakemake.params.study), snakemake.params.name)
write_csv(as_table(problems), snakemake.output.problems)
if any(problem.stops for problem in problems):
    sys.exit(1)
