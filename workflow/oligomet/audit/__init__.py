"""The audit of a published paper: whether each of its numbers can be true, whether it is reproduced, and why not.

claims              the numbers of a paper, and what checks look them up in; printed: what a printed number can mean
claims_reader       reads them from a claims.yaml (claims_file): claims_format says what it may hold, declared_by_study
                    what it need not say, declared_names what it names in vain; wording tells a claim in words
claims_template     a claims.yaml begun from a paper's text; tokens: what of the text was not entered
curves              survival curves read off figures, and the times of their subjects
consistency         runs the checks of the paper against itself (checks/), which give findings
survival_claims     rates, groups and follow-up, put in order for checks and reanalyses; mixtures: a whole and its parts
recomputed_values   the estimate that answers a claim (claim_answers); claim_verdicts: the verdict on each claim
possible_analyses   the analyses that authors could have run; reanalyses: every published result in each of
                    them; reanalyses_in_words: what they say
defects             what is wrong in a minute (headlines: in a sentence), and what was checked
reporting           what a paper of its kind states and this one does not; inspect_sr: its domains, as far as known
page, appendix      what a reader sees; their words are templates
error_rates         how often the audit errs, in fabricated_papers
"""
