"""A small paper for tests: declarations that suit most of them, and the claims that a test states."""

import pandas as pd
import yaml

from oligomet.audit.claims import Paper
from oligomet.audit.claims_reader import parse_claims
from oligomet.audit.consistency import run_checks

DECLARED = yaml.load(
    """
paper: test
title: A test
citation: Nobody, nowhere
populations:
  patients: {says: patients, unit: patient}
  lesions: {says: lesions, unit: lesion, nested_in: patients}
  evaluable: {says: evaluable lesions, unit: lesion, part_of: lesions}
variables:
  age: {says: Age, of: patients, integer: true}
  number: {says: Lesions, of: patients, integer: true, totals: lesions, at_least: 1}
  since: {says: Time since treatment, of: patients}
  interval: {says: Platinum-free interval, of: patients, not_below: since}
  fraction: {says: Dose per fraction, of: lesions}
  fractions: {says: Fractions, of: lesions, integer: true}
  dose: {says: Dose, of: lesions}
  bed: {says: BED, of: lesions, formula: bed, fraction: fraction, fractions: fractions, dose: [dose]}
  assessed: {says: Months to the assessment, of: evaluable}
factors:
  age: {says: Age, of: patients, variable: age, levels: {"< 60": {below: 60}, "≥ 60": {at_least: 60}}}
  count:
    says: Lesions
    of: patients
    variable: number
    levels: {"1": {at_most: 1}, "2": {at_least: 2, at_most: 2}, 3-5: {at_least: 3, at_most: 5}}
  since: {says: Since, of: patients, variable: since, levels: {"< 6": {below: 6}, "≥ 6": {at_least: 6}}}
  interval: {says: Platinum, of: patients, variable: interval, levels: {"≥ 6": {at_least: 6}, "< 6": {below: 6}}}
  arm: {says: Arm, of: patients, levels: {A: {}, B: {}}}
  histology:
    says: Histology
    of: patients
    levels: {epithelial: {}, serous: {within: epithelial}, clear cell: {within: epithelial}, other: {}}
  toxicity: {says: Toxicity, of: patients, levels: {none: {}, any: {}}}
  phase: {says: Phase, of: patients, within: {toxicity: any}, overlapping: true, levels: {acute: {}, late: {}}}
  response: {says: Response, of: evaluable, levels: {CR: {}, PR: {}, SD: {}, PD: {}}}
  control:
    says: Control
    of: evaluable
    levels: {"yes": {union: {response: [CR, PR, SD]}}, "no": {union: {response: [PD]}}}
  objective:
    says: Objective response
    of: evaluable
    levels: {"yes": {union: {response: [CR, PR]}}, "no": {union: {response: [SD, PD]}}}
endpoints:
  OS: {says: Overall survival, of: patients, events: [death]}
  PFS: {says: Progression-free survival, of: patients, events: [local, other]}
  LRFS:
    says: Local-recurrence-free survival
    of: patients
    events: [local]
    fails_with: {factor: response, level: PD, assessed: assessed}
  LC: {says: Local control, of: patients, events: [local], same_as: LRFS}
""",
    yaml.BaseLoader,
)


def text(value):
    """Everything as text, as a claims.yaml is read."""
    if isinstance(value, dict):
        return {str(key): text(each) for key, each in value.items()}
    return [text(each) for each in value] if isinstance(value, list | tuple) else str(value)


def paper(*entries: dict, **sections: list[dict]) -> Paper:
    """A paper with these entries in a section 'text', and those of other sections."""
    claims = {"text": list(entries), **sections} if entries else sections
    numbered = {name: [text({"row": n, **entry}) for n, entry in enumerate(rows)] for name, rows in claims.items()}
    return parse_claims({**DECLARED, "claims": numbered})


def found(of: Paper, check: str) -> pd.DataFrame:
    """What one check finds, sound or not."""
    findings = run_checks(of)
    return findings[findings["check"] == check].reset_index(drop=True)


def verdicts(of: Paper, check: str) -> list[str]:
    return list(found(of, check)["severity"])
