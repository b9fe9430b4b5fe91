"""Statistical methods: arrays and frames in, small frozen results out; nothing here knows of studies or files.

Where a method has no answer it raises `common.Undefined`, whose message is the reason that a table shows instead.

====================  ================================================================================================
km                    kaplan_meier(time, event, *, interval="log-log", confidence=0.95, cluster=None) -> KaplanMeier
                      (.steps .curve .censor_marks .median .at(times) .at_risk(times) .n .events);
                      follow_up(time, event, ...) -> KaplanMeier, reversed
logrank               logrank(time, event, group, *, strata=None) -> LogRank (.chi_square .df .p_value .groups)
cox                   cox(covariates, time, event, *, start=None, strata=None, cluster=None, ties="efron",
                      confidence=0.95) -> CoxFit (.table .wald(names) .likelihood_ratio .score .robust_score .log_hr
                      .covariance .loglik ...); likelihood_ratio(full, reduced) -> ChiSquare
proportions           proportion(events, n, *, interval="exact", confidence=0.95) -> Estimate
meta                  pool_proportions(events, n, *, scale="logit", method="REML", hartung_knapp=True, confidence=0.95)
                      -> PooledProportion (.pooled .prediction .tau2 .i2 .q .q_df .q_p_value .studies)
common                Undefined, Estimate, ChiSquare
====================  ================================================================================================

Engine. The kernels are vectorised numpy and scipy.special, and are held to R's survival, cmprsk, geepack and metafor
by the tests. Libraries were weighed: lifelines (2.5 s to import) and statsmodels (4 s) would be paid again by each
process of the workflow, are slower by far in a bootstrap of a thousand fits, and lack what is most needed here: a
clustered variance with Breslow's ties, Gray's test, Fine and Gray's variance, the score test of proportional hazards,
Firth's penalty, and an answer other than a large number under separation. One engine, checked once, is easier to trust.
"""
