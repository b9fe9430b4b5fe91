"""The audit of a published paper: whether each of its numbers can be true, whether it is reproduced, and why not.

claims          the format of claims.yaml and the claims it holds; printed: what a printed number can mean
coverage        whether every numeric token of the paper is a claim or a reasoned non-claim
findings        runs the checks: arithmetic, moments, doses, tests_and_models, rates, curves, pairs, text
answers         the estimate that answers a claim; verdicts: the judgement on each claim
specifications  the analyses that could have made a number; trial: how often the audit errs
page, appendix  what a reader sees; expectation: whether results are still as committed
"""
