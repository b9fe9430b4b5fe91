# A reviewer's last command: are the results still what is committed as expected in studies/<study>/expected?
rule verify:
    input:
        audit,
        tables,
        table("estimates/estimates"),
        code=code("verify_results"),
    log:
        logfile("verify"),
    params:
        study=study_file,
        decisions=decisions(),
    script:
        "../scripts/verify_results.py"


# An author's: from now on, these are expected.
rule accept:
    input:
        rules.verify.input,
    log:
        logfile("accept"),
    params:
        study=study_file,
        decisions=decisions(),
    script:
        "../scripts/accept_results.py"
