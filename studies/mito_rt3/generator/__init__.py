"""The generator of this trial's synthetic cohort: what centres would have recorded of patients of known fate.

Nobody's results went into it: the rates are this generator's own, chosen so that every analysis has something to find.
The workflow asks of a generator for `cohort.generate(study)` (clean tables by role) and `words.WORDS` (how the clerks
of each centre write each term); `cohort.truth(study)` is what the tests hold the estimates against, and no rule reads.
"""
