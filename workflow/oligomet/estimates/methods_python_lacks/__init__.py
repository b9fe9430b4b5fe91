"""Methods that Python lacks: no maintained library reaches R's numbers. Each module opens with what was looked at.

====================  ================================================================================================
km_kernel             Kaplan-Meier with clustered limits; survival_limits: the scales of an interval
cox_kernel            Cox: Efron's ties with clusters, (start, stop] rows, exact ties; score_test; it stands on
                      partial_likelihood, exact_ties and newton
zph                   proportional_hazards -> frame
frailty               cox_frailty -> FrailtyFit
firth_efron           Firth's Cox with Efron's ties
competing_risks       cumulative_incidence -> CumulativeIncidence; gray -> ChiSquare
fine_gray             fine_gray -> FineGrayFit
restricted_mean       restricted_mean, restricted_mean_difference -> RestrictedMean
landmarks             at_landmark, split_at_change -> frame
resamples             draw of whole clusters; Kaplan-Meier and Cox of many such resamples at once -> arrays
chained_equations     impute: multiple imputation by chained equations -> frames; rubin: pool -> Pooled
meta_analysis         pool_proportions -> PooledProportion
splines               knots -> array; spline_basis -> frame
e_value               e_value, e_value_of_limit, risk_ratio -> numbers
====================  ================================================================================================
"""
