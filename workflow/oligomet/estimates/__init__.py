"""Rows of the one `estimates` table (see `schemas.TABLES["estimates"]`), a module a family of analyses.

=================  ====================================================================================================
analysis           rows
=================  ====================================================================================================
flow               unit patient, population screened, factor eligibility, group screened | <rule id> | excluded |
                   analysed, statistic count; unit lesion, the same where rules of lesions are declared, and
                   patient_excluded; unit row, factor <role>, group raw | analysed | quarantined | <kind>
                   (kinds that occurred: entries, of which a row may have several), statistic count; n: out of how many;
                   unit row, factor cross_checks, group <check>, statistic count: findings that nobody has dismissed, of
                   n found (only where there are any)
description        population all | evaluable (first assessment not NE); factor <factor>, group (sub-levels too)
                   or Unknown (if any), statistic proportion (events of n, n with the unknown ones); factor <variable>,
                   no group, statistic mean | sd | median | q1 | q3 | min | max (n known values); no factor, statistic
                   count: how many subjects. Variables: those of study.yaml, and days_to_first_assessment (unit lesion)
comparison         by the factor by whose groups a table is declared; no factor, by_group <its group> or Unknown
                   (where any is), statistic count; factor and group in by_group, statistic proportion
                   (events of by_group's n, the unknown ones included); factor <variable> in by_group, statistic
                   mean | sd | median | q1 | q3 | min | max | kolmogorov_smirnov (p_value: of a normal distribution);
                   without by_group the test of the groups, statistic chi_square | t | u | f | h | p_value (Fisher's
                   test has no other) with p_value (n: known in both), method its name
response           endpoint first | best, unit lesion | patient, population all | evaluable (at that assessment), factor
                   <factor> and group (sub-levels and Unknown as above) or neither, statistic CR | PR | SD | PD | NE
                   (population all only) | ORR | DCR: proportion (events of n) with its interval
logistic_-         endpoint <outcome: a factor of the response>, unit lesion, population evaluable, group against
univariable,       reference, statistic odds_ratio (by patient) and firth_odds_ratio, with interval and p_value; n,
multivariable      events: of the model
survival           endpoint, factor and group or neither: statistic survival at time_months (n at risk, events so far),
                   median (n, events), min | max (of the observed times); without factor, follow_up_median (reverse
                   Kaplan-Meier; events: the censored)
curve              the Kaplan-Meier steps: statistic survival at 0 and each observed time (n at risk before, events at
                   that time), censored (events: how many; estimate: the curve there), at_risk at each year (n at the
                   start of the period)
logrank            factor, no group, statistic chi_square with p_value; n, events: of those compared
cox_univariable    group against reference, statistic hazard_ratio with interval and Wald p_value; without a
cox_multivariable  group, statistic likelihood_ratio: the whole factor's test; without a factor (multivariable with more
                   than one), the whole model's; n, events: of the model
toxicity           unit patient, statistic proportion; factor phase, group none | any | acute | late | both; factor
                   <toxicity>, group any | acute | late, of a grade (worst of that system and phase) or none; factor
                   grade, grade 1-5 (an event of that grade) | ≥ 3; factor worst_grade, grade 0-5 (add up to n)
set_aside          statistic count; unit row, group <event>: records set aside that could tell of it; unit patient |
                   lesion, endpoint: subjects who could not be followed for it, in all and by reason (group)
compliance         unit row, factor <column of protocol/centres> of all or by_group a centre (by centre), deviation with
                   group <kind>, accrual with a group or of all; statistic count; n: out of how many
literature         unit study, population <kind of series>, factor complete_response | local_control_24; group
                   <study_id>, statistic proportion (n lesions; events: of complete_response only) | weight (share of
                   1); group pooled, statistic proportion | prediction (its interval) | tau2 | i2 | heterogeneity
                   (chi-square with p_value). Only studies that count by lesion
incidence_curve    the steps of statistic cumulative_incidence where other events compete, as in curve
complete_response  unit lesion, endpoint measured | reader, form how systemic therapy before it is taken; population
                   evaluable | all, by stratum or none: statistic proportion (dependence independent: exact; clustered:
                   by patient), patients, cumulative_incidence at time_months; of the declared endpoint test (against
                   value, one-sided p_value), decision (p_value by the rule for several), therapy_first; endpoint
                   measured and reader: both | measured_only | reader_only | neither | agreement | kappa
complete_-         the steps of the declared endpoint's cumulative_incidence, as in curve
response_curve
prediction         form score | without image features | with image features: candidates, carried (parameters);
                   c_statistic, log_loss, brier, observed_expected, calibration_slope of lesions left out, apparent_ and
                   corrected_ (for optimism); observed at value (mean prediction of a fifth); factor <centre>, group:
                   of a centre left out; reference another form: c_statistic_gained, log_likelihood_gained; factor
                   <column>: odds_ratio_per_sd, mean, sd; intercept, inverse_penalty; net_benefit at value (a threshold;
                   form everyone, too)
=================  ====================================================================================================

Those of `robustness` stand at its functions, one idea a module.

Proportions have estimate = events / n. Where a method is undefined the row is there with an empty estimate and the
`reason`; a limit alone is empty where it is not reached. Rows stand in the order of the declarations.
"""
