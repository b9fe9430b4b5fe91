"""How the clerks of each centre write each term, the usual word first, and yes, no and nothing in their language."""

ITALIAN = {
    "histology": {
        "serous": ("sieroso di alto grado", "sieroso"), "endometrioid": ("endometrioide",),
        "clear_cell": ("cellule chiare", "a cellule chiare"), "other_epithelial": ("mucinoso", "carcinosarcoma"),
        "not_ovarian": ("cervice uterina",),
    },
    "figo_stage": {"I": ("IC", "IA"), "II": ("IIB", "II"), "III": ("IIIC", "FIGO IIIC"), "IV": ("IVB", "IV")},
    "therapy_class": {
        "chemotherapy": ("chemioterapia", "chemio"), "targeted_therapy": ("terapia a bersaglio", "terapia target"),
    },
    "therapy_reason": {
        "first_line": ("prima linea", "adiuvante"), "relapse": ("recidiva", "seconda linea"),
        "maintenance": ("mantenimento",), "after_radiotherapy": ("dopo radioterapia", "dopo RT"),
    },
    "site": {
        "retroperitoneal_nodes": ("lombo-aortico", "lomboaortico", "retroperitoneo"),
        "mediastinum": ("mediastino",), "groin": ("inguine destro", "inguinale"),
        "neck": ("sovraclaveare sinistro", "collo"), "liver": ("fegato", "epatica, S7"), "lung": ("polmone",),
        "spleen": ("milza",), "intracranial": ("encefalo", "cervello"), "adrenal": ("surrene",),
    },
    "technique": {"sbrt": ("stereotassica", "SBRT")},
    "modality": {"ct": ("TC", "TC addome", "TAC"), "pet_ct": ("PET/TC", "PET-TC"), "mri": ("RM", "RMN encefalo")},
    "status": {"alive": ("viva", "in vita"), "dead": ("deceduta",), "lost": ("persa al follow-up", "persa")},
    "cause_of_death": {"ovarian_cancer": ("progressione", "tumore"), "other": ("embolia polmonare", "infezione")},
    "toxicity": {
        "gastrointestinal": ("nausea", "diarrea", "dolore addominale"), "constitutional": ("astenia", "fatigue"),
        "dermatological": ("eritema",), "respiratory": ("polmonite", "tosse"), "haematological": ("neutropenia",),
        "musculoskeletal": ("frattura costale", "mialgia"), "neurological": ("neuropatia",),
    },
    "brca": {"brca1": ("BRCA1 mutato", "BRCA1"), "brca2": ("BRCA2 mutato", "BRCA2"), "wild_type": ("non mutato", "wild type")},
    "entry_reason": {
        "comorbidity": ("comorbidità", "comorbilità"), "severe_toxicity": ("tossicità severa precedente",),
        "no_drug_or_refusal": ("nessun farmaco attivo", "rifiuto della paziente"),
    },
    "disease": {"persistent": ("persistente", "persistenza"), "recurrent": ("recidiva", "recidivante")},
    "reader_response": {"CR": ("RC", "risposta completa"), "PR": ("RP", "risposta parziale"), "SD": ("MS", "malattia stabile"), "PD": ("PD", "progressione")},
    "attribution": {"related": ("correlata", "probabile"), "unrelated": ("non correlata",)},
    "yes": ("sì", "si"), "no": ("no",),
}  # fmt: skip
GERMAN = {
    "histology": {
        "serous": ("high-grade serös", "serös"), "endometrioid": ("endometrioid",), "clear_cell": ("klarzellig",),
        "other_epithelial": ("muzinös", "Karzinosarkom"), "not_ovarian": ("Zervixkarzinom",),
    },
    "figo_stage": {"I": ("IC",), "II": ("IIB",), "III": ("IIIC", "FIGO IIIC"), "IV": ("IVB", "IV")},
    "therapy_class": {"chemotherapy": ("Chemotherapie", "Chemo"), "targeted_therapy": ("zielgerichtete Therapie",)},
    "therapy_reason": {
        "first_line": ("Erstlinie", "adjuvant"), "relapse": ("Rezidiv", "Zweitlinie"),
        "maintenance": ("Erhaltung",), "after_radiotherapy": ("nach Bestrahlung", "nach RT"),
    },
    "site": {
        "retroperitoneal_nodes": ("paraaortal", "retroperitoneal"), "mediastinum": ("Mediastinum",),
        "groin": ("Leiste rechts", "inguinal"), "neck": ("supraklavikulär links", "Hals"), "liver": ("Leber S7", "Leber"),
        "lung": ("Lunge",), "spleen": ("Milz",), "intracranial": ("Gehirn", "Kleinhirn"), "adrenal": ("Nebenniere",),
    },
    "technique": {"sbrt": ("Stereotaxie", "SBRT")},
    "modality": {"ct": ("CT", "KM-CT"), "pet_ct": ("PET-CT",), "mri": ("MRT", "MRT Schädel")},
    "status": {"alive": ("lebt",), "dead": ("verstorben",), "lost": ("lost to follow-up",)},
    "cause_of_death": {"ovarian_cancer": ("Tumor", "Progress"), "other": ("Lungenembolie", "Infekt")},
    "toxicity": {
        "gastrointestinal": ("Übelkeit", "Durchfall"), "constitutional": ("Fatigue", "Müdigkeit"),
        "dermatological": ("Erythem",), "respiratory": ("Pneumonitis", "Husten"), "haematological": ("Neutropenie",),
        "musculoskeletal": ("Rippenfraktur",), "neurological": ("Polyneuropathie",),
    },
    "brca": {"brca1": ("BRCA1-Mutation",), "brca2": ("BRCA2-Mutation",), "wild_type": ("keine Mutation", "Wildtyp")},
    "entry_reason": {
        "comorbidity": ("Begleiterkrankung",), "severe_toxicity": ("schwere Toxizität",),
        "no_drug_or_refusal": ("kein wirksames Medikament", "Ablehnung der Patientin"),
    },
    "disease": {"persistent": ("persistierend",), "recurrent": ("rezidiviert",)},
    "reader_response": {"CR": ("CR",), "PR": ("PR",), "SD": ("SD",), "PD": ("PD",)},
    "attribution": {"related": ("Bestrahlung",), "unrelated": ("andere Ursache",)},
    "yes": ("ja", "j"), "no": ("nein",),
}  # fmt: skip
ENGLISH = {
    "histology": {
        "serous": ("High-grade serous", "HGSOC"), "endometrioid": ("Endometrioid carcinoma",),
        "clear_cell": ("Clear cell carcinoma",), "other_epithelial": ("Mucinous carcinoma", "Carcinosarcoma"),
        "not_ovarian": ("Colorectal adenocarcinoma",),
    },
    "figo_stage": {"I": ("IC",), "II": ("IIB",), "III": ("IIIC", "stage 3"), "IV": ("IVB", "stage 4")},
    "therapy_class": {"chemotherapy": ("chemotherapy", "chemo"), "targeted_therapy": ("targeted therapy", "PARP inhibitor")},
    "therapy_reason": {
        "first_line": ("first-line", "adjuvant"), "relapse": ("relapse", "second-line"),
        "maintenance": ("maintenance",), "after_radiotherapy": ("after radiotherapy", "post-RT"),
    },
    "site": {
        "retroperitoneal_nodes": ("para-aortic node", "retroperitoneal node"), "mediastinum": ("mediastinal node",),
        "groin": ("left groin", "inguinal node"), "neck": ("supraclavicular node", "neck"), "liver": ("liver", "liver S6"),
        "lung": ("lung", "pulmonary nodule"), "spleen": ("spleen",), "intracranial": ("brain", "cerebellum"),
        "adrenal": ("adrenal gland",),
    },
    "technique": {"sbrt": ("SBRT", "SABR", "stereotactic body radiotherapy")},
    "modality": {"ct": ("CT", "CT abdomen"), "pet_ct": ("PET-CT", "FDG PET CT"), "mri": ("MRI", "MR brain")},
    "status": {"alive": ("alive",), "dead": ("dead", "died"), "lost": ("lost to follow-up",)},
    "cause_of_death": {"ovarian_cancer": ("disease progression", "ovarian cancer"), "other": ("pneumonia", "other")},
    "toxicity": {
        "gastrointestinal": ("Nausea", "Diarrhoea"), "constitutional": ("Fatigue",), "dermatological": ("Skin erythema",),
        "respiratory": ("Pneumonitis", "cough"), "haematological": ("Neutropenia", "anaemia"),
        "musculoskeletal": ("fracture of a rib",), "neurological": ("neuropathy",),
    },
    "brca": {"brca1": ("BRCA1", "BRCA1 mutated"), "brca2": ("BRCA2", "BRCA2 mutated"), "wild_type": ("wild type", "no mutation")},
    "entry_reason": {
        "comorbidity": ("comorbidity",), "severe_toxicity": ("previous severe toxicity",),
        "no_drug_or_refusal": ("no active drug left", "refusal"),
    },
    "disease": {"persistent": ("persistent",), "recurrent": ("recurrent",)},
    "reader_response": {"CR": ("CR", "complete response"), "PR": ("PR", "partial response"), "SD": ("SD",), "PD": ("PD", "progression")},
    "attribution": {"related": ("related",), "unrelated": ("unrelated",)},
    "yes": ("yes", "y"), "no": ("no", "n"),
}  # fmt: skip

# Each clerk writes in the language of the centre.
WORDS = {"C01": ITALIAN, "C02": ITALIAN, "C03": GERMAN, "C04": ENGLISH, "C05": ENGLISH, "C06": ENGLISH}
