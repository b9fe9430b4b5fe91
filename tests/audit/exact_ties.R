# Reference of tests/audit/test_specifications.py. From the project's root: Rscript tests/audit/exact_ties.R
# (R 4.2.2 or later, survival 3.5-3 or later)
library(survival)
d <- read.csv("tests/reference/data/veteran.csv")
d <- transform(d, month = ceiling(time / 30), second = +(trt == 2), fit = +(karno >= 60))
fit <- coxph(Surv(month, status) ~ second + fit, d, ties = "exact")
print(coef(fit), digits = 12)
print(vcov(fit), digits = 12)
