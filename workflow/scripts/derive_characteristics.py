"""Patients, lesions and toxicities with what is derived from them: dose, intervals, lines, responses."""

from common import begin, read_cohort

from oligomet.outcomes.characteristics import derive_lesions, derive_patients, derive_toxicities
from oligomet.tables import read, write

study = begin(snakemake)
cohort = read_cohort(snakemake, study)
responses = read(snakemake.input.responses)
patients = derive_patients(cohort, responses, study)
write(patients, snakemake.output.patients, variables=study.variables)
lesions = derive_lesions(cohort, patients, responses, study)
write(lesions, snakemake.output.lesions, variables=study.variables)
write(derive_toxicities(cohort, study), snakemake.output.toxicities, variables=study.variables)
