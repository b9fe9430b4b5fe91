"""The checks of a paper's numbers against each other. A module has one family, and `CHECKS` lists it in reading order.

A check is a function `check_<name>(paper) -> Findings`; the first line of its docstring says what it asks, and
the appendix prints it. `oligomet.audit.consistency` runs them all.
"""
