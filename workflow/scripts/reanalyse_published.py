"""How could each published number have been made? The analyses that the authors could have run, nearest first."""

from common import begin

from oligomet.audit.claims_reader import read_claims
from oligomet.audit.reanalyses import reanalyse
from oligomet.tables import read, write_csv

study = begin(snakemake)
outcomes = [
    read(snakemake.input[name], variables=study.variables) for name in ("times", "patients", "lesions", "responses")
]
paper = read_claims(snakemake.input.claims, study)
write_csv(reanalyse(paper, *outcomes, study), snakemake.output.reanalyses)
