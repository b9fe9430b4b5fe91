"""Whether the results of a run are still those that are committed as expected.

run_record   what each job made, by its hash, and what the results were made from
expectation  reads the committed tables, compares them cell by cell, reports what differs, accepts new ones
"""
