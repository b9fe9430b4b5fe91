# Kaplan-Meier, log-rank test and Cox models of {{ table.endpoint }}, for each factor by itself and together.
times <- read("outcomes/times")
times <- times[times$endpoint == {{ table.endpoint | r }}, c("subject_id", "months", "event")]
{% if unit == "patient" %}
followed <- merge(times, patients, by.x = "subject_id", by.y = "patient_id")
{% else %}
followed <- merge(times, merge(lesions, patients[of_patient], by = "patient_id"), by.x = "subject_id", by.y = "lesion_id")
{% endif %}
about <- list(endpoint = {{ table.endpoint | r }}, unit = {{ unit | r }}, population = "all")
keep_about <- function(...) do.call(keep, c(about, list(...)))

cox <- function(names, analysis) {
  levels <- as.data.frame(lapply(setNames(names, names), function(name) level_of(followed, name)), optional = TRUE)
  known <- complete.cases(levels)
  data <- cbind(followed[c("months", "event"{{ ', "patient_id"' if unit == "lesion" }})], levels)[known, ]
  whole <- data
  # A level without events has the ratio 0: its subjects weigh nothing, and the others are compared without them.
  for (name in names) {
    happened <- tapply(data$event, data[[name]], sum)
    data <- data[!(data[[name]] %in% setdiff(names(happened)[is.na(happened) | happened == 0], factors[[name]]$reference)), ]
  }
  data[names] <- lapply(data[names], droplevels)
  names <- names[sapply(data[names], nlevels) > 1]
  if (length(names) == 0) return()
  model <- coxph(reformulate(sprintf("`%s`", names), "Surv(months, event)"), data, ties = {{ analyses.ties | r }}{{ ", cluster = patient_id" if unit == "lesion" }})
  table <- summary(model, conf.int = confidence)
  row <- 0
  for (name in names) for (level in levels(data[[name]])[-1]) {
    row <- row + 1
    keep_about(analysis = analysis, factor = name, group = level, reference = factors[[name]]$reference,
               statistic = "hazard_ratio", estimate = table$conf.int[row, 1], conf_low = table$conf.int[row, 3],
               conf_high = table$conf.int[row, 4], p_value = table$coefficients[row, "Pr(>|z|)"], n = nrow(whole),
               events = sum(whole$event))
  }
}

for (name in {{ table.factors | r }}) {
  level <- level_of(followed, name)
  for (group in factors[[name]]$levels) {
    some <- followed[which(level == group), ]
    if (sum(some$event) == 0) next
    curve <- survfit(Surv(months, event) ~ 1, some, conf.int = confidence, conf.type = {{ analyses.survival_interval | r }}{{ ", cluster = patient_id" if unit == "lesion" }})
    median <- quantile(curve, 0.5)
    keep_about(analysis = "survival", factor = name, group = group, statistic = "median", estimate = median$quantile,
               conf_low = median$lower, conf_high = median$upper, n = nrow(some), events = sum(some$event))
    for (month in {{ analyses.rates_at_months | r }}) {
      rate <- summary(curve, times = month, extend = TRUE)
      keep_about(analysis = "survival", factor = name, group = group, statistic = "survival", time_months = month,
                 estimate = rate$surv, conf_low = rate$lower, conf_high = rate$upper, n = rate$n.risk)
    }
  }
  if (length(unique(level[!is.na(level)])) > 1) {
    test <- survdiff(Surv(months, event) ~ level, followed)
    keep_about(analysis = "logrank", factor = name, statistic = "chi_square", estimate = test$chisq,
               p_value = pchisq(test$chisq, length(test$n) - 1, lower.tail = FALSE), n = sum(test$n), events = sum(test$obs))
    cox(name, "cox_univariable")
  }
}
{% if analyses.multivariable.get(table.endpoint) %}
cox({{ analyses.multivariable[table.endpoint] | r }}, "cox_multivariable")
{% endif %}
