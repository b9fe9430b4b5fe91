# Makes the numbers that the statistical methods are tested against. Only this script needs R:
#   Rscript tests/reference/make_reference.R
# It writes data/<name>.csv (public data of R packages, and small cohorts made here) and reference.json: for each method
# and data set the call, evaluated as it stands, and its numbers; with the versions of R and of the packages. On Debian:
#   apt install r-cran-{survival,cmprsk,geepack,metafor,hmisc,mice,brglm2,jsonlite}

suppressPackageStartupMessages({
  library(survival); library(cmprsk); library(geepack); library(metafor); library(Hmisc); library(mice)
  library(brglm2)
})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
dir.create(file.path(here, "data"), showWarnings = FALSE)
reference <- list()

reference_of <- function(method, names, call, numbers) {
  for (name in names) {
    data <- cohorts[[name]]
    assign("data", data, globalenv()) # some functions look for their data again
    result <- suppressWarnings(eval(parse(text = call), data, globalenv()))
    values <- lapply(numbers(result), function(x) I(unname(as.numeric(x))))
    reference[[length(reference) + 1]] <<- list(method = method, data = name, call = call, values = values)
  }
}
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100, outer.max = 100)

# Data
cohorts <- list(
  veteran = transform(veteran, small = +(celltype == "smallcell"), adeno = +(celltype == "adeno"),
                      large = +(celltype == "large"), long = +(time > 100), censored = 1 - status)[
    c("time", "status", "trt", "celltype", "karno", "age", "prior", "small", "adeno", "large", "long", "censored")],
  lung = transform(na.omit(lung[c("time", "status", "age", "sex", "ph.ecog", "inst")]), status = status - 1),
  ovarian = setNames(ovarian, c("time", "status", "age", "residual", "rx", "ecog")),
  heart = heart[c("start", "stop", "event", "age", "surgery", "transplant")],
  bladder = transform(bladder[bladder$enum < 4, ], x1 = rx - 1)[c("id", "stop", "event", "x1", "number", "size", "enum")],
  kidney = kidney[c("id", "time", "status", "age", "sex")],
  mgus = na.omit(transform(mgus2, time = ifelse(pstat == 0, futime, ptime), cause = ifelse(pstat == 0, 2 * death, 1),
                           female = +(sex == "F"), clinic = id %% 150)[c("time", "cause", "age", "female", "mspike", "clinic")]),
  ohio = geepack::ohio,
  pritz = dat.pritz1997[c("xi", "ni")],
  sparse = data.frame(xi = c(3, 12, 0, 25, 8, 11), ni = c(20, 30, 11, 60, 9, 11)),
  alike = data.frame(xi = c(10, 11, 9), ni = c(30, 31, 30))
)
cohorts$heart$transplant <- as.integer(cohorts$heart$transplant == "1")

made <- function(seed, n, censoring = 30) { # months in whole numbers, so that ties are the rule
  set.seed(seed)
  group <- sample(c("a", "b", "c"), n, TRUE); z <- rbinom(n, 1, 0.4); x <- round(rnorm(n), 2)
  patient <- sort(sample(ceiling(n / 1.6), n, TRUE))
  shared <- rgamma(n, 1.5, 1.5)[patient]
  own <- rexp(n, 0.04 * shared * exp(0.5 * z + 0.3 * x)); other <- rexp(n, 0.02 * exp(-0.2 * x)); end <- runif(n, 0, 2 * censoring)
  time <- pmin(own, other, end)
  cause <- ifelse(time == own, 1, ifelse(time == other, 2, 0))
  data.frame(time = ceiling(time), status = +(cause == 1), cause = cause, group = group, z = z, x = x, patient = patient,
             response = rbinom(n, 1, plogis(-0.3 + 0.8 * z + log(shared))), one = +(group == "b"), two = +(group == "c"))
}
cohorts$tied <- made(1, 90)
cohorts$lesions <- made(2, 160)
cohorts$heavily_censored <- made(3, 120, 3)
cohorts$one_event <- transform(made(4, 40), status = +(seq_along(time) == which(status == 1)[3]), cause = NULL)
cohorts$no_event <- transform(made(5, 30), status = 0, cause = NULL)
cohorts$one_time <- transform(made(6, 50), time = ifelse(status == 1, 7, time), cause = NULL)
cohorts$separated <- transform(made(7, 60), status = ifelse(z == 1, 0, status), response = pmax(response, one), cause = NULL)
for (name in names(cohorts)) write.csv(cohorts[[name]], file.path(here, "data", paste0(name, ".csv")), row.names = FALSE)

# Survival, one curve
curves <- c("veteran", "ovarian", "tied", "heavily_censored", "one_event", "no_event", "one_time")
curve <- function(s) {
  at <- summary(s, times = c(3, 12, 24, 60, 300), extend = TRUE)
  c(summary(s, times = s$time)[c("time", "n.risk", "n.event", "surv", "std.err")], list(low = s$lower, high = s$upper,
    median = unname(summary(s)$table[c("median", "0.95LCL", "0.95UCL")]), at_risk = at$n.risk))
}
for (scale in c("plain", "log", "log-log"))
  reference_of(paste("Kaplan-Meier,", scale, "interval"), curves,
               sprintf("survfit(Surv(time, status) ~ 1, conf.type = '%s')", scale), curve)
reference_of("Kaplan-Meier, clustered", c("tied", "lesions"),
             "survfit(Surv(time, status) ~ 1, cluster = patient, conf.type = 'log-log')", curve)
reference_of("Reverse Kaplan-Meier follow-up", curves, "survfit(Surv(time, 1 - status) ~ 1, conf.type = 'log-log')", curve)
area <- function(m) m[["table"]][c("rmean", "se(rmean)")]
reference_of("Restricted mean survival", c("veteran", "tied", "lesions"),
             "summary(survfit(Surv(time, status) ~ 1), rmean = 20)", function(s) list(mean = area(s)))
reference_of("Restricted mean survival, clustered", c("tied", "lesions"),
             "rowsum(residuals(survfit(Surv(time, status) ~ 1, data), times = 20, type = 'rmst'), patient)",
             function(r) list(std_error = sqrt(sum(r^2))))
reference_of("Restricted mean survival, difference", c("tied", "lesions"),
             "summary(survfit(Surv(time, status) ~ z), rmean = 20)$table[, c('rmean', 'se(rmean)')]", function(m)
               list(difference = m[2, 1] - m[1, 1], std_error = sqrt(sum(m[, 2]^2))))
reference_of("Restricted mean survival, clustered difference", c("tied", "lesions"),
  "rowsum(residuals(survfit(Surv(time, status) ~ z, data), times = 20, type = 'rmst') * ifelse(z == 1, 1, -1), patient)",
  function(r) list(std_error = sqrt(sum(r^2))))

# Groups, Cox
test <- function(s) list(chi_square = s$chisq, p_value = pchisq(s$chisq, sum(rowSums(as.matrix(s$exp)) > 0) - 1, lower.tail = FALSE))
reference_of("Log-rank", "veteran", "survdiff(Surv(time, status) ~ as.character(celltype))", test)
grouped <- c("tied", "lesions", "heavily_censored", "one_event", "one_time")
reference_of("Log-rank", grouped, "survdiff(Surv(time, status) ~ group)", test)
reference_of("Log-rank, stratified", grouped, "survdiff(Surv(time, status) ~ z + strata(group))", test)

fit <- function(f) {
  s <- summary(f)
  list(log_hr = coef(f), std_error = sqrt(diag(f$var)), loglik = f$loglik, score = f$score, wald = f$wald.test,
       likelihood_ratio = s$logtest[c("test", "pvalue")], p_value = s$coefficients[, "Pr(>|z|)"])
}
robust <- function(f) c(fit(f), list(model_error = sqrt(diag(f$naive.var)), robust_score = f$rscore))
for (ties in c("breslow", "efron", "exact")) {
  cox <- function(model, more = "") sprintf("coxph(%s, ties = '%s'%s, control = tight)", model, ties, more)
  method <- paste0("Cox, ", ties)
  reference_of(method, "veteran", cox("Surv(time, status) ~ trt + karno + age"), fit)
  if (ties != "exact") reference_of(method, "lung", cox("Surv(time, status) ~ age + sex + ph.ecog"), fit)
  reference_of(method, "ovarian", cox("Surv(time, status) ~ age + rx"), fit)
  reference_of(method, c("tied", "lesions", "heavily_censored", "one_time"), cox("Surv(time, status) ~ z + x"), fit)
  reference_of(method, "one_event", cox("Surv(time, status) ~ x"), fit)
  reference_of(paste0(method, ", stratified"), grouped[1:3], cox("Surv(time, status) ~ z + x + strata(group)"), fit)
  if (ties == "exact") next
  reference_of(paste0(method, ", robust"), "ovarian", cox("Surv(time, status) ~ age + rx", ", robust = TRUE"), robust)
  reference_of(paste0(method, ", clustered"), c("tied", "lesions"), cox("Surv(time, status) ~ z + x", ", cluster = patient"), robust)
  reference_of(paste0(method, ", clustered"), "kidney", cox("Surv(time, status) ~ age + sex", ", cluster = id"), robust)
  reference_of(paste0(method, ", clustered and stratified"), "bladder",
               cox("Surv(stop, event) ~ x1 + number + size + strata(enum)", ", cluster = id"), robust)
  reference_of(paste0(method, ", time-dependent covariate"), "heart", cox("Surv(start, stop, event) ~ age + surgery + transplant"), fit)
}
reference_of("Cox, gamma frailty", "kidney",
  "coxph(Surv(time, status) ~ age + sex + frailty(id, sparse = FALSE, theta = 0.5), control = tight)", function(f)
    list(log_hr = coef(f)[1:2], std_error = sqrt(diag(f$var))[1:2], loglik = f$history[[1]]$c.loglik))
reference_of("Cox, gamma frailty", "lesions",
  "coxph(Surv(time, status) ~ z + x + frailty(patient, sparse = FALSE, theta = 0.5), control = tight)", function(f)
    list(log_hr = coef(f)[1:2], std_error = sqrt(diag(f$var))[1:2], loglik = f$history[[1]]$c.loglik))
reference_of("Cox, gamma frailty, estimated variance", "kidney",
  "coxph(Surv(time, status) ~ age + sex + frailty(id, sparse = FALSE, eps = 1e-8), control = tight)",
  function(f) list(variance = f$history[[1]]$theta, loglik = f$history[[1]]$c.loglik))
zph <- function(call) sprintf("cox.zph(%s, transform = 'km')", call)
test <- function(z) list(chi_square = z$table[, 1], df = z$table[, 2], p_value = z$table[, 3])
reference_of("Proportional hazards, km", "veteran", zph("coxph(Surv(time, status) ~ trt + karno + celltype + strata(prior), data, control = tight)"), test)
reference_of("Proportional hazards, km", c("tied", "lesions"), zph("coxph(Surv(time, status) ~ z + x, data, ties = 'breslow', control = tight)"), test)
reference_of("Proportional hazards, km", "heart", zph("coxph(Surv(start, stop, event) ~ age + transplant, data, control = tight)"), test)
source(file.path(here, "make_reference_more.R"))

versions <- list(R = R.version.string)
for (package in c("survival", "cmprsk", "geepack", "metafor", "Hmisc", "mice", "brglm2"))
  versions[[package]] <- as.character(packageVersion(package))
json <- function(x) jsonlite::toJSON(x, auto_unbox = TRUE, digits = NA, na = "null")
writeLines(c(paste0('{"versions": ', json(versions), ', "reference": ['),
             paste0(sapply(reference, json), c(rep(",", length(reference) - 1), "")), "]}"), file.path(here, "reference.json"))
