"""The generator of this study's synthetic cohort: records of a hospital that carry the published numbers.

No other study needs one. The workflow asks of a generator, in `studies/<study>/generator/`, for
`cohort.generate(study)` (clean tables by role), `words.WORDS` (how the hospital's clerks write each term),
`measure.measure(outcomes, study)` and `targets.check(measured)` (is what was aimed at met?).
"""
