# A study that is not there yet. Asked for by name; what refuses a name that is taken stands in common.smk.
rule new_study:
    """Lay out studies/<study>: study.yaml, data dictionary, empty exports, title page: for a new hospital."""
    input:
        code=code("new_study"),
    log:
        logfile("new_study"),
    params:
        folder=study_folder,
    script:
        "../scripts/new_study.py"


if "new_study" in sys.argv:

    onsuccess:
        print(
            f"{study_folder}/ is laid out. Next: fill in study.yaml, put your exports into raw/ in place of the empty ones\n"
            "(data_dictionary.csv says what each column holds), the authors into manuscript/title_page.yml, and ask\n"
            f"  snakemake validate --config study={options.study}",
            file=sys.stderr,
        )
