# Image features of a study that declares from which images. Asked for by name, as it writes tables of the study's raw/
# and needs an environment of its own: envs/radiomics/README.md.
if "radiomics" in sys.argv:
    if not (study and study.radiomics):
        stop(f"{study_file} declares no radiomics: nothing says from which images features are to be computed.")
    radiomics_python = of_workflow(".venv-radiomics/bin/python")
    if not Path(radiomics_python).exists():
        stop(f"{radiomics_python} is not there: `make radiomics` in the folder of the Makefile sets it up (2 GB).")
    features_in = study.sources["image_features"]

    rule radiomics:
        """Image features of the outlined lesions, as tables that the study reads: for physicists."""
        input:
            [f"{raw}/{table}" for table in study.radiomics.images],

    for number, (table_of_features, images) in enumerate(study.radiomics.images.items()):
        columns = next(part for part in features_in.parts if part.file == table_of_features).columns
        headings = {name: column.header for name, column in columns.items() if column.constant is None}

        rule:
            name:
                f"radiomics_{number}"
            input:
                images=f"{raw}/{images}",
                code=of_workflow("envs/radiomics/compute_features.py"),
            output:
                features=f"{raw}/{table_of_features}",
                left_out=f"{raw}/{Path(table_of_features).with_suffix('.left_out.csv')}",
            log:
                logfile(f"radiomics_{number}"),
            params:
                python=radiomics_python,
                record=headings["patient_id"],
                lesion=headings["lesion_number"],
                features=[f"--feature={at}" for name, at in headings.items() if name not in features_in.key],
                how=study.radiomics.model_dump(exclude={"images"}),
            shell:
                "{params.python} {input.code:q} {input.images:q} {output.features:q} --record {params.record:q} "
                "--lesion {params.lesion:q} {params.features:q} --region {params.how[region]:q} "
                "--modality {params.how[modality]} --spacing-mm {params.how[spacing_mm]} "
                "--bin-width {params.how[bin_width]} > {log:q} 2>&1"
