"""Rows of the one `estimates` table (see `schemas.TABLES["estimates"]`), a module a family of analyses.

=================  ==================================================================================================
analysis           rows
=================  ==================================================================================================
flow               unit patient, population screened, factor eligibility, level screened | <rule id> | analysed,
                   statistic count; unit row, factor <role>, level raw | analysed | quarantined | <kind>, statistic count
description        factor <factor>, level <group> | Unknown, statistic proportion (events of n);
                   factor <variable>, no level, statistic mean | sd | median | q1 | q3 | min | max (n)
response           endpoint first | best, population all | evaluable, factor <factor> and level or neither,
                   statistic CR | PR | SD | PD | NE | ORR | DCR: proportion (events of n) with its interval
survival           endpoint, factor and level or neither: statistic survival at time_months (n at risk, events so far),
                   median (n, events), min | max (of the observed times)
curve              the Kaplan-Meier steps: statistic survival at each time from 0 (n at risk before, events at that time),
                   censored (events: how many), at_risk at each year (n at the start of the period)
logrank            statistic chi_square with p_value
cox_univariable    level '<level> vs <reference>', statistic hazard_ratio with interval and Wald p_value; without a level,
cox_multivariable  statistic likelihood_ratio: the whole factor's test
toxicity           factor phase | <toxicity> | grade, level, statistic proportion (patients)
literature         unit study, population ovarian | mixed, factor complete_response | local_control_24, level <study_id> |
                   pooled, statistic proportion; statistics tau2 | i2 | prediction for the pooled level
=================  ==================================================================================================

Where a method is undefined the row is there with an empty estimate and the `reason`.
"""
