"""The published numbers beside those of the synthetic cohort, and whether they are within their tolerances."""

from common import begin, generator

from oligomet.tables import read, write_csv

study = begin(snakemake)
measure, targets = generator(snakemake, "measure", "targets")
outcomes = {
    name: read(snakemake.input[name], variables=study.variables)
    for name in ("patients", "lesions", "responses", "times", "toxicities")
}
checked = targets.check(measure.measure(outcomes, study))
write_csv(checked, snakemake.output.calibration)
print(f"{checked['met'].sum()} of {len(checked)} published numbers are met within their tolerances.")
print(checked[~checked["met"]].to_string(index=False) if not checked["met"].all() else "None is missed.")
