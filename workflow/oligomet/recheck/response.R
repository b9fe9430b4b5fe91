# Response of the lesions at the first assessment: each class, and CR + PR (ORR), CR + PR + SD (DCR).
lesions <- merge(lesions, patients[of_patient], by = "patient_id")
classes <- list(CR = "CR", PR = "PR", SD = "SD", PD = "PD", NE = "NE", ORR = c("CR", "PR"), DCR = c("CR", "PR", "SD"))
rates <- function(response, factor = NA, group = NA) {
  for (population in c("all", "evaluable")) {
    counted <- if (population == "all") response else response[response != "NE"]
    for (name in setdiff(names(classes), if (population == "evaluable") "NE")) {
      keep_share(sum(counted %in% classes[[name]]), length(counted), analysis = "response", endpoint = "first",
                 unit = "lesion", population = population, factor = factor, group = group, statistic = name)
    }
  }
}
rates(lesions$response)
for (group in names(factors$site$groups)) rates(lesions$response[in_group(lesions, "site", group)], "site", group)
