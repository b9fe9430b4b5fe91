# Everything that is wrong with a study, at once. A run begins with it; asked for by name, it is told in any case.
def tell_problems():
    """The list on the screen and as a table; whether something stops a run."""
    from oligomet.tables import write_csv
    from oligomet.validate.data import check_study
    from oligomet.validate.report import as_table, report

    problems, counts = check_study(Path(study_file))
    write_csv(as_table(problems), table("validation"))
    print(report(problems, counts), file=sys.stderr)
    return any(problem.stops for problem in problems)


if asked == "validate":
    raise SystemExit(int(tell_problems()))


rule validate:
    """Everything that is wrong with the declarations and the exports, at once, before anything runs: for everyone."""
    input:
        raw=files_of_exports,
        code=code("validate"),
    output:
        problems=table("validation"),
    log:
        logfile("validate"),
    params:
        study=study_file,
        decisions=decisions("data_cut", "parsing", "pseudonym_salt", "sources", "terms", "sites", "eligibility", "dose"),
    script:
        "../scripts/validate.py"


# The list is the last thing on the screen, after what Snakemake says of a job that failed.
onerror:
    if not Path(table("validation")).is_file():
        raise SystemExit(int(tell_problems()))
