# A study that is not there yet. Asked for by name; what refuses a name that is taken stands in common.smk.
rule new_study:
    """Lay out studies/<study>: study.yaml, data dictionary, empty exports, manuscript: for a new hospital."""
    log:
        logfile("new_study"),
    params:
        folder=study_folder,
    script:
        "../scripts/new_study.py"
