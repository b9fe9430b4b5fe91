"""Whether the results of a run are still those that are committed as expected.

expectation  reads the committed tables, compares them cell by cell, reports what differs, accepts new ones
"""
