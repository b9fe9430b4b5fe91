"""Descriptives of the patients and the irradiated lesions, and comparisons of groups of them."""

import pandas as pd

from oligomet.estimates.comparison import estimate_comparison
from oligomet.estimates.descriptive import estimate_descriptive
from oligomet.tables import read, write_csv

from common import begin

study = begin(snakemake)
patients, lesions, responses = (read(snakemake.input[name]) for name in ("patients", "lesions", "responses"))
described = estimate_descriptive(patients, lesions, responses, study)
write_csv(pd.concat([described, estimate_comparison(patients, lesions, study)]), snakemake.output[0])
