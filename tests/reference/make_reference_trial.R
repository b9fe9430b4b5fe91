# Makes the numbers that the methods of the trial are tested against, with R's own packages only:
#   Rscript tests/reference/make_reference_trial.R
# It reads data/<name>.csv, writes data/designs.csv and reference_trial.json, in the form of make_reference.R. What R has
# no function for is written out here from its definition, with other means than the project's own.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
reference <- character(0)
json <- function(x) sprintf("[%s]", paste(ifelse(is.na(x), "null", sprintf("%.15g", x)), collapse = ","))
reference_of <- function(method, names, call) for (name in names) {
  values <- eval(parse(text = call), read.csv(file.path(here, "data", paste0(name, ".csv"))), globalenv())
  values <- sprintf("\"%s\":%s", names(values), sapply(values, function(x) json(as.numeric(x))))
  reference <<- c(reference, sprintf('{"method":"%s","data":"%s","call":"%s","values":{%s}}',
                                     method, name, call, paste(values, collapse = ",")))
}

# A rate of clustered observations: glm's fit with the sandwich of its clusters' residuals
clustered_rate <- function(response, patient) {
  fit <- glm(response ~ 1, binomial, control = list(epsilon = 1e-14))
  error <- sqrt(sum(rowsum(residuals(fit, "response"), patient)^2)) * vcov(fit)[1]
  list(rate = plogis(coef(fit) + c(0, -1, 1) * qnorm(0.975) * error))
}
# Rao and Scott: the rate as the slope of events on lesions through the origin, whose residuals give the design effect
rao_scott <- function(response, patient, null) {
  lesions <- tapply(response, patient, length); events <- tapply(response, patient, sum)
  fit <- lm(events ~ 0 + lesions, weights = 1 / lesions); rate <- coef(fit); k <- length(lesions); n <- sum(lesions)
  effect <- max(1, k / (k - 1) * sum((events - fitted(fit))^2) / n^2 / (rate * (1 - rate) / n))
  list(p_value = pt((rate - null) / sqrt(effect * null * (1 - null) / n), k - 1, lower.tail = FALSE))
}
agreed <- function(a, b) {
  cells <- prop.table(table(a, b)); chance <- sum(rowSums(cells) * colSums(cells))
  list(kappa = (sum(diag(cells)) - chance) / (1 - chance))
}
for (null in c(0.3, 0.4, 0.6)) {
  reference_of(paste("Rao-Scott test against", null), c("tied", "lesions"), sprintf("rao_scott(response, patient, %g)", null))
  reference_of(paste("One-sided exact test against", null), c("tied", "lesions"),
    sprintf("list(p_value = binom.test(sum(response), length(response), %g, 'greater')$p.value)", null))
}
reference_of("Clustered rate", c("tied", "lesions"), "clustered_rate(response, patient)")
reference_of("Cohen's kappa", c("tied", "lesions"), "agreed(response, status)")

# Penalised likelihood: optim finds its maximum, columns in units of their standard deviation
ridge <- function(x, response, penalty) {
  x <- scale(x) * sqrt(nrow(x) / (nrow(x) - 1))
  loss <- function(b) sum(log1p(exp(-(2 * response - 1) * (b[1] + x %*% b[-1])))) + sum(b[-1]^2) / (2 * penalty)
  slope <- function(b) { away <- plogis(b[1] + x %*% b[-1]) - response; c(sum(away), t(x) %*% away + b[-1] / penalty) }
  list(log_or = optim(rep(0, ncol(x) + 1), loss, slope, method = "BFGS", control = list(reltol = 1e-16, maxit = 1000))$par)
}
for (penalty in c(0.01, 1)) reference_of(paste("Ridge, inverse penalty", penalty), c("tied", "lesions"),
  sprintf("ridge(cbind(z, x, one), response, %g)", penalty))

# How good predictions are: of glm's chances, drawn to one half, so that there is something to recalibrate
predictions <- function(fit, outcome) {
  p <- plogis(0.7 * fit$linear.predictors); ranks <- wilcox.test(p[outcome == 1], p[outcome == 0], exact = FALSE)$statistic
  list(c_statistic = ranks / sum(outcome) / sum(1 - outcome), log_loss = -mean(dbinom(outcome, 1, p, log = TRUE)),
       brier = mean((p - outcome)^2), observed_expected = sum(outcome) / sum(p),
       calibration_slope = coef(glm(outcome ~ qlogis(p), binomial, control = list(epsilon = 1e-14)))[2],
       net_benefit = mean(p >= 0.4 & outcome == 1) - mean(p >= 0.4 & outcome == 0) * 0.4 / 0.6)
}
reference_of("Predictive performance", c("tied", "lesions"),
  "predictions(glm(response ~ z + x, binomial, control = list(epsilon = 1e-14)), response)")

# Exact designs, by search over every number at which a stage could stop
write.csv(data.frame(null = c(0.1, 0.3, 0.5), target = c(0.3, 0.5, 0.7)), file.path(here, "data", "designs.csv"), row.names = FALSE)
one_stage <- function(null, target, n = 40) {
  reject <- qbinom(0.05, n, null, lower.tail = FALSE) + 1
  list(reject_from = reject, significance = pbinom(reject - 1, n, null, FALSE), power = pbinom(reject - 1, n, target, FALSE))
}
rejects <- function(first, stop, n, reject, rate) {
  x <- (stop + 1):first
  sum(dbinom(x, first, rate) * pbinom(reject - 1 - x, n - first, rate, lower.tail = FALSE))
}
two_stages <- function(null, target, largest = 50) {
  found <- NULL
  for (n in 2:largest) for (first in 1:(n - 1)) for (stop in 0:(first - 1)) {
    early <- pbinom(stop, first, null)
    expected <- first + (1 - early) * (n - first)
    if (!is.null(found) && expected >= min(found[, 5]) && n > min(found[, 4])) next
    for (reject in (stop + 1):n) if (rejects(first, stop, n, reject, null) <= 0.05) {
      if (rejects(first, stop, n, reject, target) >= 0.8) found <- rbind(found, c(stop, first, reject, n, expected))
      break
    }
  }
  smallest <- found[found[, 4] == min(found[, 4]), , drop = FALSE]
  c(found[which.min(found[, 5]), ], smallest[which.min(smallest[, 5]), ])
}
reference_of("Exact design, one stage", "designs", "as.list(data.frame(t(mapply(one_stage, null, target))))")
reference_of("Simon's two stages", "designs", "list(optimal_and_minimax = mapply(two_stages, null, target))")

writeLines(c('{"reference": [', paste0(reference, c(rep(",", length(reference) - 1), "")), "]}"),
           file.path(here, "reference_trial.json"))
