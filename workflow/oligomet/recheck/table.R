# {{ table.title }}: computed in R from the tables of outcomes/, and held against estimates/estimates.csv.
# Made from study.yaml. It needs R and its package survival.
#
#   Rscript {{ name }}.R                 with outcomes/ and estimates/ in the folder above this script
#   Rscript {{ name }}.R the/results     or in that one
#
# Every number is written twice, R's and ours, to {{ name }}_in_R.csv; two that differ by more than a millionth are an error.
library(survival)
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- if (length(script)) dirname(script) else "."
given <- commandArgs(trailingOnly = TRUE)
results <- if (length(given)) given[1] else file.path(here, "..")

read <- function(name) {
  read.csv(file.path(results, paste0(name, ".csv")), na.strings = "", check.names = FALSE, encoding = "UTF-8")
}
patients <- read("outcomes/patients")
lesions <- read("outcomes/lesions")
of_patient <- c("patient_id", setdiff(names(patients), names(lesions)))

# What study.yaml declares.
confidence <- {{ analyses.confidence | r }}
factors <- list(
{% for factor, declared in factors.items() %}
  {{ factor | r }} = list(
    levels = {{ declared.levels | r }}, reference = {{ declared.reference_level | r }}, variable = {{ declared.variable | r }},
    groups = list(
{% for group, condition in declared.groups.items() %}
      {{ group | r }} = quote({{ condition | condition(declared.variable) }}){{ "," if not loop.last }}
{% endfor %}
    )
  ){{ "," if not loop.last }}
{% endfor %}
)

# The rows of a frame that belong to a group; a missing value belongs to "Unknown" only.
in_group <- function(frame, factor, group) {
  missing <- is.na(frame[[factors[[factor]]$variable]])
  if (group == "Unknown") return(missing)
  !missing & eval(factors[[factor]]$groups[[group]], frame)
}
# The compared level of each row, or NA.
level_of <- function(frame, factor) {
  level <- rep(NA_character_, nrow(frame))
  for (name in factors[[factor]]$levels) level[in_group(frame, factor, name)] <- name
  factor(level, c(factors[[factor]]$reference, setdiff(factors[[factor]]$levels, factors[[factor]]$reference)))
}

keys <- c("analysis", "endpoint", "unit", "population", "by", "by_group", "factor", "group", "reference", "statistic", "time_months")
numbers <- c("estimate", "conf_low", "conf_high", "n", "events", "p_value")
found <- list()
keep <- function(...) {
  row <- list(...)
  row[setdiff(c(keys, numbers), names(row))] <- NA
  found[[length(found) + 1]] <<- as.data.frame(row[c(keys, numbers)], stringsAsFactors = FALSE)
}
keep_share <- function(events, n, ...) {
  if (n == 0) return(keep(events = events, n = n, ...))
{% if analyses.proportion_interval == "exact" %}
  limits <- binom.test(events, n, conf.level = confidence)$conf.int
{% else %}
  limits <- prop.test(events, n, conf.level = confidence, correct = FALSE)$conf.int
{% endif %}
  keep(estimate = events / n, conf_low = limits[1], conf_high = limits[2], events = events, n = n, ...)
}

{% include kind ~ ".R" %}

# Both, side by side. What only one of them has is not compared, and counted.
found <- unique(do.call(rbind, found))
ours <- read("estimates/estimates")
choices <- setdiff(names(ours), c(keys, numbers, "method", "reason"))
ours <- ours[rowSums(!is.na(ours[choices])) == 0, c(keys, numbers)]
text <- function(rows) do.call(paste, c(lapply(rows[keys], as.character), sep = "\r"))
at <- match(text(found), text(ours))
compared <- do.call(rbind, lapply(numbers, function(number) {
  rows <- which(!is.na(at))
  data.frame(found[rows, keys], number = number, R = found[rows, number], oligomet = ours[at[rows], number])
}))
compared <- compared[!is.na(compared$R) & !is.na(compared$oligomet), ]
compared$difference <- abs(compared$R - compared$oligomet)
write.csv(compared, file.path(here, "{{ name }}_in_R.csv"), row.names = FALSE, na = "", fileEncoding = "UTF-8")
wrong <- compared$difference > 1e-6 * pmax(1, abs(compared$oligomet))
cat(sprintf("{{ name }}: %d numbers computed in R, %d differ from ours; the largest difference is %.1g.\n",
            nrow(compared), sum(wrong), max(0, compared$difference)))
if (nrow(compared) == 0) stop("nothing could be compared")
if (any(wrong)) {
  print(compared[wrong, ], row.names = FALSE)
  quit(status = 1)
}
