"""What changed from one data cut of a study to the next: by patient, and by number of the report."""

# What identifies a row of each table; `source` and all other columns may change.
KEYS = {
    "screened": ["patient_id"],
    "patients": ["patient_id"],
    "lesions": ["patient_id", "lesion_id"],
    "responses": ["patient_id", "lesion_id", "assessment"],
    "times": ["patient_id", "subject_id", "endpoint"],
    "toxicities": ["patient_id", "toxicity", "onset_date"],
}
