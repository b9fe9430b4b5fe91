"""Statistical methods: arrays and frames in, small frozen results out; nothing here knows of studies or files.

They are the field's libraries', each behind the same checks: data that have no answer raise `common.Undefined`, whose
message is the reason that a table shows instead. What no library computes as R does stands in `methods_python_lacks`;
docs/methods.md lists every method, where it comes from and how far it is from R.

==============  ======================================================================================================
common          Undefined, Estimate, ChiSquare; the checks of data
identifiable    refuses covariates that tell nothing and estimates that are infinite
km              fit_kaplan_meier -> lifelines.KaplanMeierFitter; kaplan_meier, follow_up -> survival_curve.KaplanMeier
                (.steps .curve .median .at(times) .at_risk(times))
logrank         logrank -> ChiSquare
cox             fit_cox -> statsmodels' PHReg; cox -> cox_fit.CoxFit (.table .wald(names) .likelihood_ratio);
                likelihood_ratio(full, reduced); likelihood_ratio_of(names, ...), which needs no finite estimate
firth           firth_cox, firth_logistic -> FirthFit, from firthmodels
logistic        fit_logistic -> statsmodels' Logit or GEE; logistic -> LogisticFit
interval_       fit_turnbull -> lifelines.KaplanMeierFitter; turnbull -> frame by time; fit_weibull ->
censored        lifelines.WeibullAFTFitter; weibull -> frame by covariate
proportions     proportion -> Estimate
multiplicity    adjust -> array
==============  ======================================================================================================

Libraries are imported where they are used: a process that needs none does not pay for them.
"""
