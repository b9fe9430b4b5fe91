"""The columns of what a trial's monitor reads, by table of the stage protocol."""

from __future__ import annotations

from oligomet.columns import Column

PATIENT = Column("identifier", "pseudonym of the patient")
CENTRE = Column("text", "centre", False)

PROTOCOL: dict[str, dict[str, Column]] = {
    "protocol/due_scans": {
        "patient_id": PATIENT,
        "due_day": Column("integer", "days from the last fraction on which imaging was due", at_least=1),
        "due_date": Column("date", "that day"),
        "date": Column("date", "the scan nearest to it", False),
        "days_off": Column("integer", "that scan minus the due day", False),
        "status": Column("term", "within the tolerance, or not", allowed=("done", "early", "late", "missed")),
        "source": Column("text", "raw row of the scan", False),
    },
    "protocol/deviations": {
        "kind": Column("term", "what deviates", allowed=("fractions", "dose", "days", "modality", "reader")),
        "patient_id": PATIENT,
        "lesion_id": Column("identifier", "the lesion", False),
        "found": Column("text", "what is recorded"),
        "expected": Column("text", "what the protocol has, or the measurements show"),
        "source": Column("text", "raw row"),
    },
    "protocol/queries": {
        "query": Column("text", "number of the query, by centre"),
        "centre": CENTRE,
        "priority": Column(
            "integer", "1: an event or a row depends on it; 2: a cell; 3: to confirm", at_least=1, at_most=3
        ),
        "kind": Column("text", "what is asked about"),
        "place": Column("text", "file, sheet, row and column of the centre's export"),
        "question": Column("text", "what was found, and what is asked"),
    },
    "protocol/exclusions": {
        "centre": CENTRE,
        "rule": Column("text", "id of the first eligibility rule that was not met"),
        "reason": Column("text", "that rule in words"),
        "patients": Column("integer", "excluded by it", at_least=1),
    },
    "protocol/centres": {
        "centre": Column("text", "centre, or all"),
        **{
            name: Column("integer", meaning, at_least=0)
            for name, meaning in {
                "screened": "patients screened",
                "excluded": "not eligible",
                "patients": "analysed",
                "lesions": "their irradiated lesions",
                "evaluable": "of these, with a best response",
                "scans_due": "imaging that was due",
                "scans_missed": "of it, not on record",
                "scans_off": "of it, outside the tolerance",
                "deviations": "of treatment and imaging from the protocol",
                "queries": "open queries",
                "urgent": "of these, on which an event or a row depends",
            }.items()
        },
    },
    "protocol/accrual": {
        "month": Column("date", "end of the month"),
        "group": Column("text", "all, or a group of lesions that is planned for"),
        "treated": Column("integer", "lesions treated by then", at_least=0),
        "planned": Column("integer", "lesions planned by then", at_least=0),
    },
}
