# A reviewer's last command: are the results still what is committed as expected in studies/<study>/expected?
# And an author's: from now on, these are expected.
for purpose in ("verify", "accept"):

    rule:
        name:
            purpose
        input:
            audit,
            tables,
            table("estimates/estimates"),
            code=code(f"{purpose}_results"),
        log:
            logfile(purpose),
        params:
            study=study_file,
            decisions=decisions(),
        script:
            f"../scripts/{purpose}_results.py"
