# A reviewer's last command: are the results what the run made, and still what is committed in studies/<study>/expected?
rule verify:
    """PASS, or what differs from what the run made and from what is expected: a reviewer's last command."""
    input:
        audit,
        tables,
        figures,
        paper,
        notebooks,
        made_again,
        [table(name) for name in cohort_tables],
        outcomes,
        table("estimates/estimates"),
        study=declared_study,
        code=code("verify_results"),
    log:
        logfile("verify"),
    params:
        decisions=decisions(),
    script:
        "../scripts/verify_results.py"


# An author's: from now on, these are expected.
rule accept:
    """Make the results at hand the expected ones: an author's decision."""
    input:
        rules.verify.input,
        study=declared_study,
    log:
        logfile("accept"),
    params:
        decisions=decisions(),
    script:
        "../scripts/accept_results.py"
