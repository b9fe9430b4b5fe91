# A reviewer's last command: are the results still what is committed as expected in studies/<study>/expected?
rule verify:
    """PASS, or what differs from the results that are committed as expected: a reviewer's last command."""
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
    """Make the results at hand the expected ones: an author's decision."""
    input:
        rules.verify.input,
    log:
        logfile("accept"),
    params:
        study=study_file,
        decisions=decisions(),
    script:
        "../scripts/accept_results.py"
