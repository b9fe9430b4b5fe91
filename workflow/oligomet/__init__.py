"""From a hospital's raw records of radiotherapy for oligometastatic disease to the numbers of the paper.

Pure functions on data frames, a sub-package a stage:
extract -> cohort -> outcomes -> estimates -> displays, with audit and synthetic beside them.
Nothing here knows of Snakemake, and only `tables`, `study` and `extract` touch a file.
"""
