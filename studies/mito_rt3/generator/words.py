"""What the clerks of each centre write for each term, in the language of the centre, the usual word first."""

from __future__ import annotations

from typing import Any

# Vocabulary: code: Italian | German | English words, with a semicolon between several.
SPOKEN: dict[str, Any] = {
    "histology": {
        "serous": "sieroso di alto grado; sieroso | high-grade serös; serös | High-grade serous; HGSOC",
        "endometrioid": "endometrioide | endometrioid | Endometrioid carcinoma",
        "clear_cell": "cellule chiare; a cellule chiare | klarzellig | Clear cell carcinoma",
        "other_epithelial": "mucinoso; carcinosarcoma | muzinös; Karzinosarkom | Mucinous carcinoma; Carcinosarcoma",
        "not_ovarian": "cervice uterina | Zervixkarzinom | Colorectal adenocarcinoma",
    },
    "figo_stage": {
        "I": "IC; IA | IC | IC",
        "II": "IIB; II | IIB | IIB",
        "III": "IIIC; FIGO IIIC | IIIC; FIGO IIIC | IIIC; stage 3",
        "IV": "IVB; IV | IVB; IV | IVB; stage 4",
    },
    "therapy_class": {
        "chemotherapy": "chemioterapia; chemio | Chemotherapie; Chemo | chemotherapy; chemo",
        "targeted_therapy": (
            "terapia a bersaglio; terapia target | zielgerichtete Therapie | targeted therapy; PARP inhibitor"
        ),
    },
    "therapy_reason": {
        "first_line": "prima linea; adiuvante | Erstlinie; adjuvant | first-line; adjuvant",
        "relapse": "recidiva; seconda linea | Rezidiv; Zweitlinie | relapse; second-line",
        "maintenance": "mantenimento | Erhaltung | maintenance",
        "after_radiotherapy": "dopo radioterapia; dopo RT | nach Bestrahlung; nach RT | after radiotherapy; post-RT",
    },
    "site": {
        "retroperitoneal_nodes": (
            "lombo-aortico; lomboaortico; retroperitoneo | paraaortal; retroperitoneal "
            "| para-aortic node; retroperitoneal node"
        ),
        "mediastinum": "mediastino | Mediastinum | mediastinal node",
        "groin": "inguine destro; inguinale | Leiste rechts; inguinal | left groin; inguinal node",
        "neck": "sovraclaveare sinistro; collo | supraklavikulär links; Hals | supraclavicular node; neck",
        "liver": "fegato; epatica, S7 | Leber S7; Leber | liver; liver S6",
        "lung": "polmone | Lunge | lung; pulmonary nodule",
        "spleen": "milza | Milz | spleen",
        "intracranial": "encefalo; cervello | Gehirn; Kleinhirn | brain; cerebellum",
        "adrenal": "surrene | Nebenniere | adrenal gland",
    },
    "technique": {
        "sbrt": "stereotassica; SBRT | Stereotaxie; SBRT | SBRT; SABR; stereotactic body radiotherapy",
    },
    "modality": {
        "ct": "TC; TC addome; TAC | CT; KM-CT | CT; CT abdomen",
        "pet_ct": "PET/TC; PET-TC | PET-CT | PET-CT; FDG PET CT",
        "mri": "RM; RMN encefalo | MRT; MRT Schädel | MRI; MR brain",
    },
    "status": {
        "alive": "viva; in vita | lebt | alive",
        "dead": "deceduta | verstorben | dead; died",
        "lost": "persa al follow-up; persa | lost to follow-up | lost to follow-up",
    },
    "cause_of_death": {
        "ovarian_cancer": "progressione; tumore | Tumor; Progress | disease progression; ovarian cancer",
        "other": "embolia polmonare; infezione | Lungenembolie; Infekt | pneumonia; other",
    },
    "toxicity": {
        "gastrointestinal": "nausea; diarrea; dolore addominale | Übelkeit; Durchfall | Nausea; Diarrhoea",
        "constitutional": "astenia; fatigue | Fatigue; Müdigkeit | Fatigue",
        "dermatological": "eritema | Erythem | Skin erythema",
        "respiratory": "polmonite; tosse | Pneumonitis; Husten | Pneumonitis; cough",
        "haematological": "neutropenia | Neutropenie | Neutropenia; anaemia",
        "musculoskeletal": "frattura costale; mialgia | Rippenfraktur | fracture of a rib",
        "neurological": "neuropatia | Polyneuropathie | neuropathy",
    },
    "brca": {
        "brca1": "BRCA1 mutato; BRCA1 | BRCA1-Mutation | BRCA1; BRCA1 mutated",
        "brca2": "BRCA2 mutato; BRCA2 | BRCA2-Mutation | BRCA2; BRCA2 mutated",
        "wild_type": "non mutato; wild type | keine Mutation; Wildtyp | wild type; no mutation",
    },
    "entry_reason": {
        "comorbidity": "comorbidità; comorbilità | Begleiterkrankung | comorbidity",
        "severe_toxicity": "tossicità severa precedente | schwere Toxizität | previous severe toxicity",
        "no_drug_or_refusal": (
            "nessun farmaco attivo; rifiuto della paziente | kein wirksames Medikament; Ablehnung der Patientin "
            "| no active drug left; refusal"
        ),
    },
    "disease": {
        "persistent": "persistente; persistenza | persistierend | persistent",
        "recurrent": "recidiva; recidivante | rezidiviert | recurrent",
    },
    "reader_response": {
        "CR": "RC; risposta completa | CR | CR; complete response",
        "PR": "RP; risposta parziale | PR | PR; partial response",
        "SD": "MS; malattia stabile | SD | SD",
        "PD": "PD; progressione | PD | PD; progression",
    },
    "attribution": {
        "related": "correlata; probabile | Bestrahlung | related",
        "unrelated": "non correlata | andere Ursache | unrelated",
    },
    "yes": "sì; si | ja; j | yes; y",
    "no": "no | nein | no; n",
}
ITALIAN, GERMAN, ENGLISH = range(3)


def _spoken(said: Any, language: int) -> Any:
    if isinstance(said, dict):
        return {code: _spoken(words, language) for code, words in said.items()}
    return tuple(said.split(" | ")[language].split("; "))


WORDS = {
    centre: _spoken(SPOKEN, language)
    for centre, language in {
        "C01": ITALIAN, "C02": ITALIAN, "C03": GERMAN, "C04": ENGLISH, "C05": ENGLISH, "C06": ENGLISH,
    }.items()
}  # fmt: skip
