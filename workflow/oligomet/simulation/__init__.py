"""Do the intervals and tests of this project hold what they promise? A simulation under known truth, as ADEMP.

The structure is that of Morris, White & Crowther 2019 (Stat Med 38:2074).

Aims. Coverage of intervals and type-I error of tests where lesions are nested in patients, naive against corrected; and
the error of comparing responders with the others from the start of follow-up.

Data (`truth`). As many patients as the study has, with as many lesions each as its patients, or with one to five, each
number equally often. Lesions fail at a constant hazard, multiplied by a gamma frailty of mean 1 that the lesions of a
patient share; its variance is 0 (none), 0.5, 1 or 2. Death, which ends the follow-up of all lesions of a patient, and
loss to follow-up have constant hazards. The rates are the study's: events over months of observation. Whatever the
frailty, as many lesions fail by the time at which the rate is judged. Two balanced binary factors, one of the lesion
and one of the patient, either without effect or each with a hazard ratio of 2. A lesion responds with the study's
probability and the same frailty. For the guarantee time: patients who die at the study's rate and, if they live to it,
respond at a time that is uniform in the study's window of assessment; response has no effect.

Estimands. The hazard ratio that the Cox model estimates without end (with a frailty it is nearer to 1 than the ratio
within a patient; taken from one sample of 50,000 patients), the share of lesions free of failure if nobody died, the
share that respond, and 1 for the hazard ratio of a response without effect.

Methods (`trials`). Cox with the model's variance and with that by patient; the log-rank test and its version by patient
(the robust score test); Kaplan-Meier rates with Greenwood's variance, the variance by patient and the percentile
bootstrap of patients; exact intervals of proportions and those of GEE with independent working correlation; response
from the start, from a landmark, and as a time-dependent covariate. The Cox model with a frailty is left out: it has
another estimand, and a fit takes the time of fifty others.

Performance (`performance`). Type-I error at the study's level, coverage at its confidence, the mean of the log hazard
ratio for the guarantee time; each with its Monte Carlo standard error. Replicates for which a method has no answer are
counted, and left out of its performance.
"""
