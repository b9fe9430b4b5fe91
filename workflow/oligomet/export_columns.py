"""The columns of the raw exports: what every hospital is asked for; what one has besides, its study declares."""

from oligomet.columns import Column

PATIENT = Column("identifier", "pseudonym of the patient")

# The raw exports, by the role each plays, after cleaning: one row a raw row.
SOURCES: dict[str, dict[str, Column]] = {
    "patients": {
        "patient_id": PATIENT,
        "birth_date": Column("date", "date of birth; only the age leaves the cohort stage"),
        "histology": Column("term", "histology of the primary", terms="histology"),
        "figo_stage": Column("term", "FIGO stage at first diagnosis", terms="figo_stage"),
        "kps": Column("integer", "Karnofsky performance status", at_least=0, at_most=100),
        "screening_date": Column("date", "restaging before radiotherapy"),
        "metastases": Column("integer", "metastatic lesions at restaging", at_least=0),
        "surgery_or_systemic_feasible": Column("flag", "re-operation or systemic therapy was feasible and accepted"),
    },
    "therapies": {
        "patient_id": PATIENT,
        "drug": Column("text", "drugs of the course"),
        "therapy_class": Column("term", "class of the course", terms="therapy_class"),
        "platinum": Column("flag", "the course held a platinum"),
        "start_date": Column("date", "first administration"),
        "end_date": Column("date", "last administration", required=False),
        "reason": Column("term", "why the course was given", terms="therapy_reason"),
        "relapse_date": Column("date", "relapse documented after the course", required=False),
    },
    "surgeries": {
        "patient_id": PATIENT,
        "date": Column("date", "operation"),
        "procedure": Column("term", "kind of operation", terms="procedure"),
    },
    "lesions": {
        "patient_id": PATIENT,
        "lesion_number": Column("integer", "number of the lesion in the patient", at_least=1),
        "site": Column("term", "site", terms="site"),
        "gtv_diameter_cm": Column(
            "length_cm", "largest diameter of the GTV on planning CT", False, at_least=0.1, at_most=30
        ),
    },
    "plans": {
        "patient_id": PATIENT,
        "lesion_number": Column("integer", "number of the lesion in the patient", at_least=1),
        "technique": Column("term", "technique", terms="technique"),
        "fractions": Column("integer", "fractions", at_least=1, at_most=60),
        "ptv_fraction_gy": Column("dose_gy", "dose per fraction to the PTV", at_least=0.1, at_most=40),
        "ptv_dose_gy": Column("dose_gy", "total dose to the PTV", at_least=0.1, at_most=120),
        "pgtv_fraction_gy": Column("dose_gy", "dose per fraction to the PGTV", False, at_least=0.1, at_most=40),
        "pgtv_dose_gy": Column("dose_gy", "total dose to the PGTV", False, at_least=0.1, at_most=120),
        "start_date": Column("date", "first fraction"),
        "end_date": Column("date", "last fraction"),
    },
    "measurements": {
        "patient_id": PATIENT,
        "lesion_number": Column("integer", "number of the lesion in the patient", at_least=1),
        "date": Column("date", "imaging"),
        "modality": Column("term", "modality", terms="modality"),
        "long_axis_cm": Column("length_cm", "longest diameter", False, at_least=0, at_most=30),
        "short_axis_cm": Column("length_cm", "diameter perpendicular to it", False, at_least=0, at_most=30),
        "seen": Column("flag", "the lesion was seen"),
        "new_lesions": Column("flag", "lesions elsewhere that were not there before", False),
    },
    "follow_up": {
        "patient_id": PATIENT,
        "date": Column("date", "contact, or death where status is dead"),
        "status": Column("term", "vital status", terms="status"),
        "in_field_recurrence": Column("flag", "recurrence within the irradiated field", False),
        "in_field_lesions": Column("text", "numbers of the lesions that recurred, e.g. 1;2", False),
        "distant_progression": Column("flag", "progression outside the irradiated field", False),
        "cause_of_death": Column("term", "cause of death", False, terms="cause_of_death"),
    },
    "toxicities": {
        "patient_id": PATIENT,
        "toxicity": Column("term", "CTCAE term, as a system", terms="toxicity"),
        "grade": Column("integer", "CTCAE grade", at_least=1, at_most=5),
        "onset_date": Column("date", "onset"),
    },
}

# What a study has only if it declares it. Its features are the study's own variables.
OPTIONAL: dict[str, dict[str, Column]] = {
    "image_features": {
        "patient_id": PATIENT,
        "lesion_number": Column("integer", "number of the lesion in the patient", at_least=1),
    },
}
ALL_SOURCES = SOURCES | OPTIONAL
