rule responses:
    """The RECIST response of each irradiated lesion, first and best: for radiologists to check."""
    input:
        lesions=table("cohort/lesions"),
        measurements=table("cohort/measurements"),
        study=declared_study,
        code=code("assess_responses"),
    output:
        responses=table("outcomes/responses"),
    log:
        logfile("responses"),
    params:
        decisions=decisions("response"),
    script:
        "../scripts/assess_responses.py"


rule times:
    """Time to each declared endpoint, with the record that decided: for whoever checks a patient."""
    input:
        **cohort_input,
        possible_events=table("cohort/possible_events"),
        responses=table("outcomes/responses"),
        study=declared_study,
        code=code("derive_times"),
    output:
        events=table("outcomes/events"),
        times=table("outcomes/times"),
        recensored=table("outcomes/recensored"),
        set_aside=table("outcomes/set_aside"),
    log:
        logfile("times"),
    params:
        decisions=decisions(
            "courses",
            "data_cut",
            "endpoints",
            "imaging_schedule",
            "months",
            "privacy.shift_dates_days",
            "response",
            *["robustness.censoring"] * bool(study.robustness),
            *["toxicity"] * any(endpoint.toxicity for endpoint in study.endpoints.values()),
        ),
    script:
        "../scripts/derive_times.py"


if study.has_other_dates:

    rule other_dates:
        """Times with the first and the last day in place of the one that a date lacks: for statisticians."""
        input:
            **{role: table(f"extracted/{role}") for role in study.sources},
            possible_events=table("cohort/possible_events"),  # nothing is undecided
            study=declared_study,
            code=code("derive_other_dates"),
        output:
            other_dates=table("outcomes/other_dates"),
        log:
            logfile("other_dates"),
        params:
            synthetic=study.synthetic is not None,
            decisions=decisions(*cleaning, "endpoints", "imaging_schedule", "response", "toxicity"),
        script:
            "../scripts/derive_other_dates.py"


of_complete_response = ("complete_responses", "lesion_imaging", "lesion_courses")
outcomes = [table(name) for name in TABLES if name.startswith("outcomes/")]
outcomes = [file for file in outcomes if study.complete_response or Path(file).stem not in of_complete_response]
outcomes = [file for file in outcomes if study.has_other_dates or Path(file).stem != "other_dates"]

if study.complete_response:

    rule complete_responses:
        """Complete response of each lesion by every judge and estimand: for whoever checks a lesion."""
        input:
            lesions=table("cohort/lesions"),
            measurements=table("cohort/measurements"),
            therapies=table("cohort/therapies"),
            events=table("outcomes/events"),
            study=declared_study,
            code=code("assess_complete_responses"),
        output:
            complete_responses=table("outcomes/complete_responses"),
            lesion_imaging=table("outcomes/lesion_imaging"),
            lesion_courses=table("outcomes/lesion_courses"),
        log:
            logfile("complete_responses"),
        params:
            decisions=decisions("complete_response", "months", "response"),
        script:
            "../scripts/assess_complete_responses.py"


rule characteristics:
    """Patients, lesions and toxicities as the analyses take them: for statisticians."""
    input:
        **cohort_input,
        responses=table("outcomes/responses"),
        study=declared_study,
        code=code("derive_characteristics"),
    output:
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        toxicities=table("outcomes/toxicities"),
    log:
        logfile("characteristics"),
    params:
        decisions=decisions(
            "courses",
            "dose",
            "months",
            "not_collected",
            "per_patient",
            "platinum_free_interval",
            "response",
            "toxicity",
        ),
    script:
        "../scripts/derive_characteristics.py"
