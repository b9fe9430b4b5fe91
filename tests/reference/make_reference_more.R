# The second half of make_reference.R, which sources it: competing risks, penalised likelihood, clustered responses,
# proportions and their pooling, imputation, multiplicity, splines.

# Competing risks
incidence <- function(k) function(ci) list(incidence = timepoints(ci, c(5, 10, 20))$est[k, ], variance = timepoints(ci, c(5, 10, 20))$var[k, ])
for (k in 1:2) reference_of(c("Cumulative incidence", "Cumulative incidence of the competing event")[k],
  c("tied", "lesions", "heavily_censored", "mgus"), "cuminc(time, cause)", incidence(k))
reference_of("Cumulative incidence, clustered", c("tied", "lesions"),
  "list(survfit(Surv(time, factor(cause)) ~ 1, data), patient)", function(r) {
    influence <- residuals(r[[1]], times = c(5, 10, 20), type = "pstate")[, , 2]
    list(incidence = summary(r[[1]], times = c(5, 10, 20))$pstate[, 2], std_error = sqrt(colSums(rowsum(influence, r[[2]])^2)))
  })
gray <- function(ci) list(chi_square = ci$Tests[, "stat"], p_value = ci$Tests[, "pv"])
reference_of("Gray's test", c("tied", "lesions", "heavily_censored"), "cuminc(time, cause, group)", gray)
reference_of("Gray's test", "mgus", "cuminc(time, cause, female)", gray)
reference_of("Gray's test, stratified", c("tied", "lesions"), "cuminc(time, cause, z, group)", gray)
fine_gray <- function(f) list(log_shr = f$coef, covariance = as.vector(f$var), loglik = c(f$loglik.null, f$loglik))
reference_of("Fine-Gray", c("tied", "lesions", "heavily_censored"), "crr(time, cause, cbind(z, x), gtol = 1e-14, maxiter = 50)", fine_gray)
reference_of("Fine-Gray", "mgus", "crr(time, cause, cbind(age, mspike), gtol = 1e-14, maxiter = 50)", fine_gray)
reference_of("Fine-Gray, competing event", c("tied", "lesions"), "crr(time, cause, cbind(z, x), failcode = 2, gtol = 1e-14, maxiter = 50)", fine_gray)

# Firth's penalty
# Cox: the penalised likelihood from coxph's own likelihood and variance, climbed by a numerical gradient, which is
# independent of the formula for the gradient. The profile is its maximum over the other coefficients.
slope <- function(f, b, free) sapply(free, function(j) {
  e <- replace(0 * b, j, 1e-3); (8 * (f(b + e) - f(b - e)) - (f(b + 2 * e) - f(b - 2 * e))) / 12e-3
})
climb <- function(f, b, free, curvature) {
  for (i in 1:200) {
    step <- solve(curvature(b)[free, free, drop = FALSE], slope(f, b, free))
    step <- step / max(1, abs(step)); while (f(replace(b, free, b[free] + step)) < f(b) - 1e-11) step <- step / 2
    b[free] <- b[free] + step
    if (max(abs(step)) < 1e-11) break
  }
  b
}
penalised <- function(f, curvature, b) {
  all <- seq_along(b); b <- climb(f, b, all, curvature); top <- f(b); error <- sqrt(diag(solve(curvature(b))))
  profile <- function(j, value) f(climb(f, replace(b, j, value), setdiff(all, j), curvature))
  limit <- function(j, side) uniroot(function(v) profile(j, v) - top + qchisq(0.95, 1) / 2,
                                     sort(b[j] + side * c(0.5, 6) * error[j]), tol = 1e-12)$root
  list(estimate = b, std_error = error, loglik = top, chi_square = sapply(all, function(j) 2 * (top - profile(j, 0))),
       low = sapply(all, limit, -1), high = sapply(all, limit, 1))
}
firth_cox <- function(data, ties) {
  at <- function(b) coxph(Surv(time, status) ~ z + x, data, init = b, ties = ties, control = coxph.control(iter.max = 0))
  penalised(function(b) { f <- at(b); f$loglik[2] - log(det(f$var)) / 2 }, function(b) solve(at(b)$var), c(0, 0))
}
for (ties in c("breslow", "efron"))
  reference_of(paste("Firth's Cox,", ties), c("separated", "heavily_censored"), sprintf("firth_cox(data, '%s')", ties), identity)
firth_logistic <- function(data) {
  x <- cbind(1, data$one, data$x)
  information <- function(b) { p <- as.vector(plogis(x %*% b)); crossprod(x, x * p * (1 - p)) }
  f <- function(b) sum(plogis((2 * data$response - 1) * (x %*% b), log.p = TRUE)) + log(det(information(b))) / 2
  lapply(penalised(f, information, c(0, 0, 0))[-2], function(v) if (length(v) > 1) v[-1] else v)
}
reference_of("Firth's logistic, profile", c("separated", "lesions"), "firth_logistic(data)", identity)
reference_of("Firth's logistic", c("separated", "lesions"),
  "glm(response ~ one + x, binomial, method = 'brglmFit', type = 'AS_mean', epsilon = 1e-14, maxit = 1000)",
  function(f) list(log_or = coef(f)[-1]))

# Logistic, GEE
logistic <- function(f) list(log_or = coef(f), std_error = sqrt(diag(vcov(f))))
reference_of("Logistic", c("tied", "lesions"), "glm(response ~ z + x, binomial, control = list(epsilon = 1e-14))", function(f)
  c(logistic(f), list(loglik = logLik(f), likelihood_ratio = f$null.deviance - f$deviance)))
reference_of("Logistic", "veteran", "glm(long ~ trt + karno + age, binomial, control = list(epsilon = 1e-14))", function(f)
  c(logistic(f), list(loglik = logLik(f), likelihood_ratio = f$null.deviance - f$deviance)))
for (working in c("independence", "exchangeable")) {
  gee <- function(model, id) sprintf(
    "geeglm(%s, binomial, id = %s, corstr = '%s', control = geese.control(epsilon = 1e-14, maxit = 500))", model, id, working)
  method <- paste("GEE logistic,", working)
  numbers <- function(f) c(logistic(f), if (working == "exchangeable") list(correlation = f$geese$alpha))
  reference_of(method, c("tied", "lesions"), gee("response ~ z + x", "patient"), numbers)
  reference_of(method, "ohio", gee("resp ~ age + smoke", "id"), numbers)
}

# Proportions and their pooling
reference_of("Clopper-Pearson interval", c("pritz", "sparse"), "mapply(function(x, n) binom.test(x, n)$conf.int, xi, ni)",
             function(m) list(low = m[1, ], high = m[2, ]))
reference_of("Wilson interval", c("pritz", "sparse"), "mapply(function(x, n) prop.test(x, n, correct = FALSE)$conf.int, xi, ni)",
             function(m) list(low = m[1, ], high = m[2, ]))
reference_of("Random effects, logit REML Hartung-Knapp", c("pritz", "sparse", "alike"),
  "rma(xi = xi, ni = ni, measure = 'PLO', method = 'REML', test = 'adhoc', control = list(threshold = 1e-14, maxiter = 10000))",
  function(r) {
    half <- qt(0.975, r$k - 2) * sqrt(r$tau2 + r$se^2)
    list(pooled = plogis(c(r$beta, r$ci.lb, r$ci.ub)), prediction = plogis(c(r$beta - half, r$beta + half)),
         tau2 = r$tau2, i2 = r$I2 / 100, q = r$QE, q_p_value = r$QEp, weights = weights(r) / 100)
  })

# Imputation, multiplicity, restricted splines
completed <- with(mice(nhanes, m = 8, seed = 1, printFlag = FALSE), lm(bmi ~ age + hyp + chl))
cohorts$imputed <- do.call(rbind, lapply(completed$analyses, function(f) data.frame(t(coef(f)), t(as.vector(vcov(f))))))
names(cohorts$imputed) <- c("intercept", "age", "hyp", "chl", paste0("v", 1:16))
write.csv(cohorts$imputed, file.path(here, "data", "imputed.csv"), row.names = FALSE)
rubin <- function(p) list(estimate = p$qbar, std_error = sqrt(p$t), df = p$df, missing_information = p$fmi)
reference_of("Rubin's rules", "imputed", "pool.scalar(chl, v16)", rubin)
reference_of("Rubin's rules, Barnard-Rubin", "imputed", "pool.scalar(chl, v16, n = 25, k = 4)", rubin)
cohorts$p_values <- data.frame(p = c(0.001, 0.04, 0.03, 0.2, 0.04, 0.0004, NA, 0.9, 0.012))
write.csv(cohorts$p_values, file.path(here, "data", "p_values.csv"), row.names = FALSE)
reference_of("Holm", "p_values", "p.adjust(p, 'holm')", function(p) list(p_value = p))
reference_of("Benjamini-Hochberg", "p_values", "p.adjust(p, 'BH')", function(p) list(p_value = p))
places <- list("3" = c(0.1, 0.5, 0.9), "4" = c(0.05, 0.35, 0.65, 0.95), "5" = c(0.05, 0.275, 0.5, 0.725, 0.95))
for (k in names(places)) reference_of(paste("Restricted cubic spline,", k, "knots"), c("ovarian", "kidney"),
  sprintf("rcspline.eval(age, knots = quantile(age, places[['%s']]), inclx = TRUE, norm = 2)", k),
  function(b) list(knots = attr(b, "knots"), basis = as.vector(b)))
