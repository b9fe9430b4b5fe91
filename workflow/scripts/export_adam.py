"""The outcomes as ADaM data sets, for other programs."""

from common import begin

from pathlib import Path

from oligomet.export.adam import export_adam
from oligomet.export.transport import write_data_set
from oligomet.tables import read

study = begin(snakemake)
outcomes = {
    name: read(snakemake.input[name], variables=study.variables)
    for name in ("patients", "events", "times", "responses")
}
for data in export_adam(outcomes, study):
    write_data_set(data, Path(snakemake.output[0]).parent)
