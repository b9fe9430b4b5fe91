# The synthetic hospital, of a study that has a generator of its cohort in studies/<study>/generator/. Asked for by name.
generator = Path(study_folder, "generator")

if generator.is_dir():

    rule synthesise:
        """Write the raw exports of the synthetic hospital anew, the same bytes: for developers."""
        input:
            study=declared_study,
            code=code("synthesise", "generator.cohort", "generator.words"),
        log:
            logfile("synthesise"),
        params:
            decisions=decisions(*study_sections),
        script:
            "../scripts/synthesise.py"

    if Path(generator, "targets.py").is_file():  # it aims at published numbers

        rule calibration:
            """Does the synthetic cohort carry the published numbers? Each, and its tolerance: for developers."""
            input:
                patients=table("outcomes/patients"),
                lesions=table("outcomes/lesions"),
                responses=table("outcomes/responses"),
                times=table("outcomes/times"),
                toxicities=table("outcomes/toxicities"),
                study=declared_study,
                code=code("check_calibration", "generator.measure", "generator.targets"),
            output:
                calibration=table("synthetic/calibration"),
            log:
                logfile("calibration"),
            params:
                decisions=decisions("analyses", "factors"),
            script:
                "../scripts/check_calibration.py"

elif {"synthesise", "calibration"}.intersection(sys.argv):
    stop(f"{study_folder}/ has no generator/: the records of this study are not to be made up.")
