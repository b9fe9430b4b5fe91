"""Statistical methods: arrays and frames in, small frozen results out; nothing here knows of studies or files.

Where a method has no answer it raises `common.Undefined`, whose message is the reason that a table shows instead.

==============  ======================================================================================================
common          Undefined, Estimate, ChiSquare; the checks of data
km              kaplan_meier, follow_up -> KaplanMeier (.steps .curve .censor_marks .median .at(times) .at_risk(times))
logrank         logrank -> LogRank
cox             cox -> CoxFit (.table .wald(names) .likelihood_ratio .score .robust_score); likelihood_ratio(full,
                reduced); they stand on partial_likelihood (Breslow, Efron), exact_ties (discrete) and newton
zph             proportional_hazards(fit) -> frame
frailty         cox_frailty -> FrailtyFit
firth           firth_cox, firth_logistic -> FirthFit
competing       cumulative_incidence -> CumulativeIncidence; gray -> ChiSquare
fine_gray       fine_gray -> FineGrayFit
rmst            restricted_mean, restricted_mean_difference -> RestrictedMean
landmark        at_landmark, split_at_change -> frame
logistic        logistic (maximum likelihood; GEE where clusters are given) -> LogisticFit
proportions     proportion -> Estimate
meta            pool_proportions -> PooledProportion
splines         knots -> array; spline_basis -> frame
chained         impute: multiple imputation by chained equations -> frames
imputation      pool -> Pooled; pool_test -> PooledTest
multiplicity    adjust -> array
e_value         e_value, e_value_of_limit, risk_ratio -> numbers
batched         draw of whole clusters; Kaplan-Meier and Cox of many such resamples at once -> arrays
==============  ======================================================================================================

Engine. The methods are vectorised numpy and scipy.special, and the tests hold them to R, as tests/reference says.
Libraries were weighed: lifelines (2.5 s to import) and statsmodels (4 s) would be paid for by each process of the
workflow, are slower by far in a thousand fits, and lack what is needed most here: a clustered variance with Breslow's
ties, Gray's test, Fine and Gray's variance, the score test of proportional hazards, Firth's penalty, and an answer
other than a large number under separation. One engine, checked once, is easier to trust than three.
"""
