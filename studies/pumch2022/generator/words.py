"""The words for each code, the usual one first: each matches the patterns of that code in study.yaml, and no other."""

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "histology": {
        "serous": ("High-grade serous carcinoma", "HGSOC", "serous adenocarcinoma", "浆液性癌", "low grade serous"),
        "endometrioid": ("Endometrioid carcinoma", "endometrioid adenoca.", "子宫内膜样癌"),
        "clear_cell": ("Clear cell carcinoma", "CCC", "透明细胞癌"),
        "other_epithelial": (
            "Mucinous carcinoma",
            "Carcinosarcoma",
            "mixed epithelial carcinoma",
            "undifferentiated ca.",
        ),
        "sex_cord_stromal": (
            "Granulosa cell tumour",
            "Sertoli-Leydig cell tumour",
            "sex cord stromal tumour",
            "颗粒细胞瘤",
        ),
        "germ_cell": ("Dysgerminoma", "Yolk sac tumour", "immature teratoma"),
        "not_ovarian": ("Cervical squamous cell carcinoma", "Colorectal adenocarcinoma", "breast carcinoma, ductal"),
    },
    "figo_stage": {
        "I": ("IC", "Ia", "Ⅰ C", "stage 1", "FIGO I", "IC2"),
        "II": ("IIB", "IIa", "Ⅱ B", "stage 2", "FIGO II"),
        "III": ("IIIC", "IIIc", "Ⅲ C", "stage 3", "3c", "FIGO IIIB", "FIGO stage IIIA1"),
        "IV": ("IVB", "IVb", "Ⅳ", "stage 4", "FIGO IVA"),
    },
    "therapy_class": {
        "chemotherapy": ("chemotherapy", "chemo", "CT", "化疗"),
        "immunotherapy": ("immunotherapy", "immune therapy", "免疫治疗"),
        "targeted_therapy": ("targeted therapy", "target", "anti-angiogenic", "PARP inhibitor", "靶向治疗"),
        "endocrine_therapy": ("endocrine therapy", "hormonal"),
    },
    "therapy_reason": {
        "first_line": ("first-line", "adjuvant", "initial treatment", "一线"),
        "relapse": ("relapse", "recurrence", "second-line", "progression", "复发"),
        "maintenance": ("maintenance", "consolidation", "维持"),
        "after_radiotherapy": ("after radiotherapy", "post-RT", "after RT, new disease"),
    },
    "procedure": {
        "cytoreduction": (
            "Cytoreduction",
            "PDS",
            "interval debulking surgery",
            "cytoreductive surgery",
            "肿瘤细胞减灭术",
        ),
        "staging_surgery": ("Staging surgery", "comprehensive staging"),
        "biopsy": ("Biopsy", "laparoscopic biopsy"),
    },
    "site": {
        "intracranial": ("brain", "intracranial", "brain, left frontal", "cerebellum", "颅内"),
        "neck": ("left supraclavicular node", "neck", "cervical node", "right neck", "颈部淋巴结"),
        "mediastinum": ("mediastinum", "mediastinal node", "纵隔淋巴结"),
        "bone": ("bone", "vertebra L3", "ilium", "sacrum", "骨盆骨"),
        "liver": ("liver", "hepatic, segment 7", "liver S6", "肝"),
        "lung": ("lung", "pulmonary, right lower lobe", "肺"),
        "abdominal_cavity": ("abdominal cavity", "abdomen", "peritoneal nodule", "腹腔"),
        "pelvic_cavity": ("pelvic cavity", "pelvis", "pelvic mass", "盆腔"),
        "retroperitoneal_nodes": ("para-aortic node", "retroperitoneal node", "paraaortic LN", "腹膜后淋巴结"),
        "vaginal_stump": ("vaginal stump", "vaginal vault", "vaginal cuff", "阴道残端"),
    },
    "technique": {
        "fixed_field_imrt": ("IMRT", "fixed-field IMRT", "FF-IMRT"),
        "vmat": ("VMAT", "RapidArc", "rapid arc"),
        "tomotherapy": ("Tomo", "tomotherapy", "HT"),
        "sbrt": ("SBRT", "SABR", "stereotactic body radiotherapy"),
    },
    "modality": {
        "ct": ("CT", "enhanced CT", "CE-CT", "CT abdomen"),
        "mri": ("MRI", "MR", "CE-MRI", "磁共振"),
        "pet_ct": ("PET-CT", "PET/CT", "FDG PET CT"),
    },
    "status": {
        "alive": ("alive", "Alive with disease", "living", "存活"),
        "dead": ("dead", "died", "deceased", "死亡"),
        "lost": ("lost to follow-up", "lost", "失访"),
    },
    "cause_of_death": {
        "ovarian_cancer": ("ovarian cancer", "tumour progression", "disease progression", "肿瘤"),
        "other": ("pulmonary embolism", "cardiovascular", "pneumonia", "other"),
    },
    "toxicity": {
        "gastrointestinal": ("Nausea", "Diarrhoea", "enteritis", "vomiting", "GI"),
        "haematological": ("Leukopenia", "white blood cells decreased", "neutropenia", "myelosuppression", "anaemia"),
    },
}
