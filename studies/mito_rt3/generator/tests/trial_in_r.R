# The secondary endpoints of the committed exports in R's survival and cmprsk, from the outcomes of a run:
#   Rscript studies/mito_rt3/generator/tests/trial_in_r.R results/mito_rt3/outcomes
# R 4.2.2, survival 3.5-3, cmprsk 2.2-11. What it prints stands in test_trial_against_r.py.
suppressMessages({library(survival); library(cmprsk)})
read <- function(name) read.csv(file.path(commandArgs(TRUE)[1], paste0(name, ".csv")))
options(digits = 10)
patients <- transform(read("patients")[c("patient_id", "brca")], mutated = brca != "wild_type")
times <- transform(merge(read("times"), patients), cause = event + 2 * competing)
of_lesions <- merge(subset(times, endpoint == "LC"), read("lesions")[c("lesion_id", "nodal", "complete_response")],
                    by.x = "subject_id", by.y = "lesion_id")
sfi <- subset(times, endpoint == "SFI")

compare <- function(name, d, group) {
  ci <- cuminc(d$months, d$cause, group)
  fit <- crr(d$months, d$cause, cbind(as.numeric(group)), gtol = 1e-14)
  cat(name, "\n"); print(timepoints(ci, c(12, 24))$est); print(ci$Tests[1, ]); print(exp(fit$coef))
}
print(timepoints(cuminc(of_lesions$months, of_lesions$cause), c(12, 24))$est[1, ])
compare("LC by node", of_lesions, of_lesions$nodal == 1)
compare("LC by BRCA", of_lesions, of_lesions$mutated)
compare("SFI by BRCA", sfi, sfi$mutated)

for (name in c("PFS", "OS", "LTFS")) {
  fit <- survfit(Surv(months, event) ~ 1, subset(times, endpoint == name), conf.type = "log-log")
  cat(name, "\n"); print(unlist(summary(fit, c(12, 24))[c("surv", "lower", "upper")]))
}

first <- subset(read("responses"), assessment == "first" & response != "NE")[c("lesion_id", "date")]
known <- merge(of_lesions, first, by.x = "subject_id", by.y = "lesion_id")
known <- transform(known, at = as.numeric(as.Date(date) - as.Date(start_date)) / 30.4375, exact = days / 30.4375)
left <- transform(subset(known, exact > 6 & at <= 6), exact = exact - 6)
print(summary(coxph(Surv(exact, event) ~ complete_response, left, ties = "efron", cluster = patient_id))$conf.int)
