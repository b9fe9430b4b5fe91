# What R says of the random cohorts (random/cohorts.csv, from make_random_cohorts.py). Only this script needs R:
#   Rscript tests/reference/make_random_reference.R
# It writes random/reference.json: versions, the call of each method, and for each cohort and method either its numbers
# or, where R stops, warns of an infinite or unreached estimate, or gives one without a variance, why there are none.

suppressPackageStartupMessages({ library(survival); library(cmprsk); library(geepack) })
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
rows <- read.csv(file.path(here, "random", "cohorts.csv"), colClasses = c(cohort = "character"))
cohorts <- split(rows[-1], rows$cohort)
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-16, iter.max = 100, outer.max = 100)
methods <- list()
method <- function(name, call, numbers, on = names(cohorts), infinite = FALSE) # infinite: an answer even where an estimate is
  methods[[name]] <<- list(call = call, numbers = numbers, on = on, infinite = infinite)
usual <- "converge|infinite|[Rr]an out|numerically 0 or 1|X matrix deemed|singular"

answer <- function(m, data) {
  warned <- NULL
  assign("data", data, globalenv())
  values <- tryCatch(withCallingHandlers({
    result <- eval(parse(text = m$call), data, globalenv())
    lapply(m$numbers(result), function(v) unname(as.numeric(v)))
  }, warning = function(w) { warned <<- c(warned, conditionMessage(w)); invokeRestart("muffleWarning") }),
  error = function(e) conditionMessage(e))
  reason <- if (is.character(values)) values else if (m$infinite) NULL else if (any(grepl(usual, warned))) grep(usual, warned, value = TRUE)[1] else
    if (!is.null(values$coefficient) && anyNA(unlist(values[c("coefficient", "std_error")]))) "coefficient is NA" else
    if (!is.null(values$coefficient) && any(abs(values$coefficient) > 12)) "coefficient beyond 12"
  if (is.null(reason)) lapply(values, I) else list(none = trimws(gsub("\\s+", " ", reason)))
}

# Survival, one curve
tenths <- function(time) unique(quantile(time, 1:10 / 10, type = 1, names = FALSE))
curve <- function(s) {
  at <- summary(s, times = tenths(rep(s$time, s$n.event + s$n.censor)))
  c(setNames(unclass(at)[c("time", "n.risk", "surv", "std.err", "lower", "upper")], c("time", "n.risk", "surv", "std.err", "low", "high")),
    list(median = unname(summary(s)$table[c("median", "0.95LCL", "0.95UCL")]),
         at_risk = summary(s, times = c(0, 3, 12, 24, 60), extend = TRUE)$n.risk))
}
clustered_curve <- function(s) { # a survival of 0 has no error, as without clusters
  values <- curve(s); values$std.err[values$surv < 1e-12] <- NA; values
}
for (scale in c("plain", "log", "log-log"))
  method(paste("Kaplan-Meier,", scale, "interval"), sprintf("survfit(Surv(time, status) ~ 1, conf.type = '%s')", scale), curve)
method("Kaplan-Meier, clustered", "survfit(Surv(time, status) ~ 1, cluster = patient, conf.type = 'log-log')", clustered_curve)
method("Kaplan-Meier, smallest group",
       "survfit(Surv(time, status) ~ 1, data, subset = group == names(which.min(table(group))), conf.type = 'log-log')", curve)
method("Reverse Kaplan-Meier follow-up", "survfit(Surv(time, 1 - status) ~ 1, conf.type = 'log-log')", curve)
horizon <- function(time) quantile(time, 0.7, type = 1, names = FALSE)
method("Restricted mean survival", "summary(survfit(Surv(time, status) ~ 1), rmean = horizon(time))$table[c('rmean', 'se(rmean)')]",
       function(m) list(mean = m))
method("Restricted mean survival, difference",
       "summary(survfit(Surv(time, status) ~ z), rmean = horizon(time))$table[, c('rmean', 'se(rmean)')]", function(m)
         if (all(m[, 2] == 0)) stop("no events") else list(difference = m[2, 1] - m[1, 1], std_error = sqrt(sum(m[, 2]^2))))
# residuals(type = "rmst") of survival 3.5-3 stops, or gives zeros, where a curve has no event before the horizon or ends
# near it; the influence of an observation is the slope of the mean to its weight, of which four points tell nine digits
influence <- function(members, rmean) sapply(members, function(i) {
  at <- function(push) rmean(replace(rep(1, length(members)), match(i, members), 1 + push))
  (8 * (at(0.01) - at(-0.01)) - (at(0.02) - at(-0.02))) / 0.12
})
clustered <- function(time, status, patient, horizon, sign, group) {
  of <- lapply(split(seq_along(time), group), function(members) sign[members] * influence(members, function(w)
    summary(survfit(Surv(time[members], status[members]) ~ 1, weights = w), rmean = horizon)$table["rmean"]))
  sqrt(sum(rowsum(unsplit(of, group), patient)^2))
}
small <- names(Filter(function(d) nrow(d) <= 100, cohorts))
method("Restricted mean survival, clustered", "clustered(time, status, patient, horizon(time), rep(1, length(time)), rep(1, length(time)))",
       function(e) list(std_error = e), small)
method("Restricted mean survival, clustered difference", "clustered(time, status, patient, horizon(time), ifelse(z == 1, 1, -1), z)",
       function(e) if (e < 1e-9) stop("no events") else list(std_error = e), small)

# Groups, Cox
test <- function(s) {
  groups <- sum(rowSums(as.matrix(s$exp)) > 0)
  if (groups < 2) stop("no events") else list(chi_square = s$chisq, p_value = pchisq(s$chisq, groups - 1, lower.tail = FALSE))
}
method("Log-rank", "survdiff(Surv(time, status) ~ group)", test)
method("Log-rank, stratified", "survdiff(Surv(time, status) ~ group + strata(z))", test)
fit <- function(f) {
  s <- summary(f)
  c(list(coefficient = coef(f), std_error = sqrt(diag(f$var)), loglik = f$loglik, score = f$score, wald = f$wald.test,
         likelihood_ratio = s$logtest[c("test", "pvalue")], p_value = s$coefficients[, "Pr(>|z|)"]),
    if (!is.null(f$naive.var)) list(model_error = sqrt(diag(f$naive.var))))
}
for (ties in c("breslow", "efron", "exact")) {
  cox <- function(kind, model, more = "", ...)
    method(paste0("Cox, ", ties, kind), sprintf("coxph(%s, data, ties = '%s'%s, control = tight)", model, ties, more), fit, ...)
  if (ties == "exact") { # its time grows with the square of the ties
    cox("", "Surv(time, status) ~ z + x", on = names(cohorts)[1:20])
    cox(", stratified", "Surv(time, status) ~ z + x + strata(group)", on = names(cohorts)[1:20])
    next
  }
  cox("", "Surv(time, status) ~ z + x")
  cox(", groups", "Surv(time, status) ~ I(group == 'b') + I(group == 'c')")
  cox(", stratified", "Surv(time, status) ~ z + x + strata(group)")
  cox(", clustered", "Surv(time, status) ~ z + x", ", cluster = patient")
  method(paste0("Cox, ", ties, ", each patient once"), sprintf(paste0("coxph(Surv(time, status) ~ z + x, data, ties = '%s', ",
    "weights = 1 / ave(time, patient, FUN = length), cluster = patient, control = tight)"), ties), function(f)
      list(coefficient = coef(f), std_error = sqrt(diag(f$var)), loglik = f$loglik))
  cox(", clustered and stratified", "Surv(time, status) ~ z + x + strata(group)", ", cluster = patient")
  cox(", delayed entry", "Surv(start, time, status) ~ z + x", ", subset = time > 0")
  cox(", delayed entry, clustered", "Surv(start, time, status) ~ z + x", ", cluster = patient, subset = time > 0")
  method(paste0("Cox, ", ties, ", nested models"), sprintf(paste0("anova(coxph(Surv(time, status) ~ x, data, ties = '%s', control = tight), ",
    "coxph(Surv(time, status) ~ x + z, data, ties = '%s', control = tight))"), ties, ties), function(a)
      if (a$loglik[1] == 0) stop("no events") else list(likelihood_ratio = c(a$Chisq[2], a[2, 4])), infinite = TRUE)
  method(paste0("Cox, ", ties, ", score tests"), sprintf("coxph(Surv(time, status) ~ z, data, ties = '%s', cluster = patient)", ties), function(f)
    if (is.na(coef(f))) stop("coefficient is NA") else list(score = f$score, robust_score = f$rscore), infinite = TRUE)
  method(paste0("Proportional hazards, ", ties),
         sprintf("cox.zph(coxph(Surv(time, status) ~ z + x, data, ties = '%s', control = tight), transform = 'km')", ties),
         function(z) list(chi_square = z$table[, 1], df = z$table[, 2], p_value = z$table[, 3]))
}
shared <- c("10", "13", "16", "22", "24", "26") # frailty takes R long
method("Cox, gamma frailty", "coxph(Surv(time, status) ~ z + x + frailty(patient, sparse = FALSE, theta = 0.5), data, control = tight)", function(f)
  list(coefficient = coef(f)[1:2], std_error = sqrt(diag(f$var))[1:2], loglik = f$history[[1]]$c.loglik), shared)
method("Cox, gamma frailty, estimated variance", "coxph(Surv(time, status) ~ z + x + frailty(patient, sparse = FALSE, eps = 1e-9), data, control = tight)",
       function(f) list(variance = f$history[[1]]$theta, loglik = f$history[[1]]$c.loglik), shared)

# Competing risks. Some are given time + 1, which changes no answer: crr takes the curve of censoring at a time of 0 for
# the mean of its values before and after, and residuals() of survfit gives nothing for what happens at 0.
incidence <- function(of) function(ci) {
  at <- timepoints(ci, tenths(data$time)); row <- match(paste("1", of), rownames(at$est))
  if (is.na(row)) list(incidence = at$est[1, ] * 0, variance = at$est[1, ] * 0) else # a cause that does not occur
    list(incidence = at$est[row, ], variance = at$var[row, ])
}
method("Cumulative incidence", "cuminc(time, cause)", incidence(1))
method("Cumulative incidence of the competing event", "cuminc(time, cause)", incidence(2))
method("Cumulative incidence, clustered", "survfit(Surv(time + 1, factor(cause, 0:2)) ~ 1, data)", function(s) {
  times <- tenths(data$time + 1)
  influence <- residuals(s, times = times, type = "pstate")
  influence <- if (length(dim(influence)) == 3) influence[, , 2] else influence[, 2, drop = FALSE]
  list(incidence = summary(s, times = times)$pstate[, 2], std_error = sqrt(colSums(rowsum(influence, data$patient)^2)))
})
gray <- function(ci) list(chi_square = ci$Tests["1", "stat"], p_value = ci$Tests["1", "pv"])
method("Gray's test", "cuminc(time, cause, group)", gray)
method("Gray's test, stratified", "cuminc(time, cause, 1 - z, group)", gray) # with z, 0 / 0 by rounding in cohort 05
subhazard <- function(f) if (!f$converged) stop("did not converge") else
  list(coefficient = f$coef, covariance = as.vector(f$var), loglik = c(f$loglik.null, f$loglik))
method("Fine-Gray", "crr(time + 1, cause, cbind(z, x), gtol = 1e-10, maxiter = 50)", subhazard)
method("Fine-Gray, competing event", "crr(time + 1, cause, cbind(z, x), failcode = 2, gtol = 1e-10, maxiter = 50)", subhazard)

# Responses
odds <- function(f) list(coefficient = coef(f), std_error = sqrt(diag(vcov(f))))
method("Logistic", "glm(response ~ z + x, binomial, control = list(epsilon = 1e-13, maxit = 100))", function(f)
  c(odds(f), list(loglik = logLik(f), likelihood_ratio = f$null.deviance - f$deviance)))
gee <- function(working) { # geeglm does not return where a covariate separates the responses: glm, which warns of it, is asked first
  tryCatch(glm(response ~ z + x, binomial, data, control = list(epsilon = 1e-13, maxit = 100)), warning = function(w) stop(paste("glm:", conditionMessage(w))))
  geeglm(response ~ z + x, binomial, data, id = patient, corstr = working, control = geese.control(epsilon = 1e-13, maxit = 100))
}
for (working in c("independence", "exchangeable"))
  method(paste("GEE logistic,", working), sprintf("gee('%s')", working), function(f) c(odds(f), if (f$corstr == "exchangeable") list(correlation = f$geese$alpha)))
limits <- function(m) list(low = m[1, ], high = m[2, ])
method("Clopper-Pearson interval", "mapply(function(x, n) binom.test(x, n)$conf.int, tapply(status, group, sum), table(group))", limits)
method("Wilson interval", "mapply(function(x, n) prop.test(x, n, correct = FALSE)$conf.int, tapply(status, group, sum), table(group))", limits)

json <- function(x) jsonlite::toJSON(x, auto_unbox = TRUE, digits = I(12), na = "null")
answers <- sapply(names(cohorts), function(name) {
  on <- Filter(function(m) name %in% m$on, methods)
  paste0('"', name, '": ', json(lapply(on, answer, data = cohorts[[name]])))
})
versions <- sapply(c("survival", "cmprsk", "geepack"), function(p) as.character(packageVersion(p)))
writeLines(c(paste0('{"versions": ', json(c(list(R = R.version.string), versions)), ','),
             paste0('"calls": ', json(lapply(methods, `[[`, "call")), ','),
             '"cohorts": {', paste0(answers, c(rep(",", length(answers) - 1), "")), "}}"), file.path(here, "random", "reference.json"))
