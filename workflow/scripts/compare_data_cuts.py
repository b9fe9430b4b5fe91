"""What changed since an earlier snapshot of the same study."""

from common import begin

import sys

from oligomet.data_cuts.changes import find_changed_numbers, find_changed_records, tell
from oligomet.tables import name_of, read, write_csv

study = begin(snakemake)
now = {name: snakemake.input[name] for name in snakemake.params.names}
tables = {name: name_of(file) for name, file in now.items()}
before = {
    name: read(file, tables[name], study.variables) for name, file in zip(now, snakemake.input.earlier, strict=True)
}
after = {name: read(file, tables[name], study.variables) for name, file in now.items()}
records = find_changed_records(before, after)
numbers = find_changed_numbers(before["estimates"], after["estimates"])
write_csv(records, snakemake.output.records)
write_csv(numbers, snakemake.output.numbers)
print(tell(records, numbers), file=sys.stderr)
