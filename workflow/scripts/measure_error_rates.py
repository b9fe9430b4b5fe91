"""How often the audit errs, measured anew: the same bytes from the same code and seed."""

from common import log_errors

from oligomet.audit.error_rates import measure_error_rates
from oligomet.tables import write_csv

log_errors(snakemake)
write_csv(measure_error_rates(), snakemake.params.error_rates)
