# How many are in each group, and the distribution of the variables; Fisher's simulated p values and the tests of
# normality are not repeated.
everyone <- {{ "patients" if table.unit == "patient" else "lesions" }}
shown <- {{ table.factors | r }}
evaluable_only <- as.character({{ table.evaluable_only | r }})
variables <- as.character({{ table.variables | r }})
population_of <- function(factor) if (factor %in% evaluable_only) "evaluable" else "all"
members_of <- function(population) if (population == "all") everyone else everyone[everyone$response != "NE", ]
summaries <- function(x, ...) {
  x <- x[!is.na(x)]
  keep(statistic = "mean", estimate = mean(x), n = length(x), ...)
  keep(statistic = "sd", estimate = sd(x), n = length(x), ...)
  quantiles <- c(min = 0, q1 = 0.25, median = 0.5, q3 = 0.75, max = 1)
  for (name in names(quantiles)) keep(statistic = name, estimate = quantile(x, quantiles[[name]], names = FALSE), n = length(x), ...)
}

for (factor in shown) {
  frame <- members_of(population_of(factor))
  for (group in c(names(factors[[factor]]$groups), "Unknown")) {
    keep_share(sum(in_group(frame, factor, group)), nrow(frame), analysis = "description", unit = {{ table.unit | r }},
               population = population_of(factor), factor = factor, group = group, statistic = "proportion")
  }
}
for (variable in variables) {
  summaries(everyone[[variable]], analysis = "description", unit = {{ table.unit | r }}, population = "all", factor = variable)
}
{% if table.by %}

# The groups of {{ table.by }}, and whether they differ.
by <- {{ table.by | r }}
where <- list(analysis = "comparison", unit = {{ table.unit | r }}, by = by)
compare <- function(...) do.call(keep, c(where, list(...)))
for (factor in shown) {
  population <- population_of(factor)
  frame <- members_of(population)
  for (one in factors[[by]]$levels) {
    within <- frame[in_group(frame, by, one), ]
    for (group in c(names(factors[[factor]]$groups), "Unknown")) {
      do.call(keep_share, c(list(sum(in_group(within, factor, group)), nrow(within)), where, list(
        population = population, by_group = one, factor = factor, group = group, statistic = "proportion")))
    }
  }
  counts <- table(droplevels(level_of(frame, factor)), level_of(frame, by))
  if (min(dim(counts)) < 2 || any(colSums(counts) == 0)) next
  expected <- suppressWarnings(chisq.test(counts)$expected)
  if (mean(expected < 5) <= 0.2 && min(expected) >= 1) {
    test <- chisq.test(counts, correct = FALSE)
    compare(population = population, factor = factor, statistic = "chi_square", estimate = test$statistic,
            p_value = test$p.value, n = sum(counts))
  } else if (identical(dim(counts), c(2L, 2L))) {
    p <- fisher.test(counts)$p.value
    compare(population = population, factor = factor, statistic = "p_value", estimate = p, p_value = p, n = sum(counts))
  }
}
group <- level_of(everyone, by)
for (variable in variables) {
  x <- everyone[[variable]]
  for (one in factors[[by]]$levels) {
    do.call(summaries, c(list(x[which(group == one)]), where, list(population = "all", by_group = one, factor = variable)))
  }
  used <- !is.na(group) & !is.na(x)
  y <- x[used]
  levels <- factor(group[used], factors[[by]]$levels)
  if (nlevels(levels) == 2) {
    test <- t.test(y ~ levels, var.equal = TRUE)
    compare(population = "all", factor = variable, statistic = "t", estimate = test$statistic, p_value = test$p.value, n = length(y))
    test <- wilcox.test(y ~ levels, exact = FALSE, correct = FALSE)
    compare(population = "all", factor = variable, statistic = "u", estimate = test$statistic, p_value = test$p.value, n = length(y))
  } else {
    test <- oneway.test(y ~ levels, var.equal = TRUE)
    compare(population = "all", factor = variable, statistic = "f", estimate = test$statistic, p_value = test$p.value, n = length(y))
    test <- kruskal.test(y, levels)
    compare(population = "all", factor = variable, statistic = "h", estimate = test$statistic, p_value = test$p.value, n = length(y))
  }
}
{% endif %}
