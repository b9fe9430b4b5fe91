"""Small cohorts written by hand, and a study with just the declarations that the estimates use."""

from types import SimpleNamespace

import pandas as pd

from oligomet.declarations import Analyses, Factor
from oligomet.display_declarations import Table

FACTORS = {
    "histology": {
        "label": "Histology",
        "variable": "histology",
        "reference": "Epithelial",
        "groups": {
            "Epithelial": {"is": ["serous", "clear_cell"]},
            "Serous": {"is": "serous", "within": "Epithelial"},
            "Germ cell": {"is": "germ_cell"},
        },
    },
    "gtv": {"label": "GTV", "variable": "gtv_diameter_cm", "groups": {"< 3": {"below": 3}, "≥ 3": {"at_least": 3}}},
    "site": {"label": "Site", "variable": "site", "groups": {"Neck": {"is": "neck"}, "Bone": {"is": "bone"}}},
    "control": {"label": "Control", "variable": "disease_control", "groups": {"Yes": {"is": 1}, "No": {"is": 0}}},
}


def factor(name):
    return Factor(**FACTORS[name])


def study(endpoints=None, tables=None, terms=None, eligibility=(), **analyses):
    return SimpleNamespace(
        factors={name: factor(name) for name in FACTORS},
        analyses=Analyses(**{"rates_at_months": [12, 24], "ties": "breslow", **analyses}),
        endpoints={name: SimpleNamespace(per=unit) for name, unit in (endpoints or {}).items()},
        tables={name: Table(title=name, **table) for name, table in (tables or {}).items()},
        terms=terms or {},
        eligibility=eligibility,
        collects=lambda name: True,
    )


def patients(*rows):
    """'P1 serous 2.5 PR 1': pseudonym, histology, GTV diameter (- unknown), response, disease control."""
    parts = [row.split() for row in rows]
    numbers = [[None if word == "-" else float(word) for word in (part[2], part[4])] for part in parts]
    return pd.DataFrame(
        {
            "patient_id": pd.array([part[0] for part in parts], "string"),
            "histology": pd.array([part[1] for part in parts], "string"),
            "gtv_diameter_cm": pd.array([row[0] for row in numbers], "float64"),
            "response": pd.array([part[3] for part in parts], "string"),
            "best_response": pd.array([part[3] for part in parts], "string"),
            "disease_control": pd.array([row[1] for row in numbers], "Int64"),
        }
    )


def lesions(*rows):
    """'P1-L1 neck 2.5 PR CR': lesion, site, GTV diameter (- unknown), response at the first assessment and at best."""
    parts = [row.split() for row in rows]
    return pd.DataFrame(
        {
            "lesion_id": pd.array([part[0] for part in parts], "string"),
            "patient_id": pd.array([part[0].split("-")[0] for part in parts], "string"),
            "site": pd.array([part[1] for part in parts], "string"),
            "gtv_diameter_cm": pd.array([None if part[2] == "-" else float(part[2]) for part in parts], "float64"),
            "response": pd.array([part[3] for part in parts], "string"),
            "best_response": pd.array([part[4] for part in parts], "string"),
        }
    )


def responses(lesions, days=50):
    """The two assessments of each lesion; those that are not NE, `days` after radiotherapy."""
    parts = [
        lesions[["lesion_id", "patient_id"]].assign(assessment=name, response=lesions[column])
        for name, column in (("first", "response"), ("best", "best_response"))
    ]
    table = pd.concat(parts, ignore_index=True)
    return table.assign(days_after_radiotherapy=pd.array([days] * len(table), "Int64").copy()).assign(
        days_after_radiotherapy=lambda frame: frame["days_after_radiotherapy"].mask(frame["response"] == "NE")
    )


def times(endpoint, *rows):
    """'P1 12 1': subject, months, event."""
    parts = [row.split() for row in rows]
    return pd.DataFrame(
        {
            "subject_id": pd.array([part[0] for part in parts], "string"),
            "patient_id": pd.array([part[0].split("-")[0] for part in parts], "string"),
            "endpoint": pd.array([endpoint] * len(parts), "string"),
            "months": [float(part[1]) for part in parts],
            "event": pd.array([int(part[2]) for part in parts], "Int64"),
        }
    )
