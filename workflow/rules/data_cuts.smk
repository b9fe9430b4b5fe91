# Snapshots of a study, and what changed between two of them. Asked for by name: `keep_snapshot` after a run; after later
# exports, a later data_cut and another run, `data_cuts` with the day of the earlier cut: --config earlier=2023-03-31.
from oligomet.data_cuts import KEYS

snapshot_tables = {
    **{name: table(f"{'cohort' if name == 'screened' else 'outcomes'}/{name}") for name in KEYS},
    "estimates": table("estimates/estimates"),
}
snapshots = f"snapshots/{options.study}"
snapshot, earlier = f"{snapshots}/{study.data_cut if study else ''}", f"{snapshots}/{options.earlier}"

if "keep_snapshot" in sys.argv and Path(snapshot).is_dir():
    stop(f"{snapshot}/ is there already, and a snapshot is not written over. Remove it yourself, or move it.")

if "data_cuts" in sys.argv and not Path(earlier).is_dir():
    kept = sorted(folder.name for folder in Path(snapshots).glob("*"))
    stop(
        f"There is no snapshot {earlier}; there {'are' if len(kept) > 1 else 'is'} {', '.join(kept) or 'none'}.\n"
        "  `snakemake keep_snapshot` after a run keeps one; --config earlier=<its data_cut> names it."
    )


rule keep_snapshot:
    """Keep the tables of this data cut, to be compared with those of a later one: for data managers."""
    input:
        list(snapshot_tables.values()),
    log:
        logfile("keep_snapshot"),
    params:
        folder=snapshot,  # no output: whatever changes later, a snapshot stays as it is
    shell:
        "{{ mkdir -p {params.folder:q} && cp {input:q} {params.folder:q}; }} 2> {log:q}"


rule data_cuts:
    """What changed since an earlier data cut, by patient and by number of the report: for monitors."""
    input:
        **snapshot_tables,
        earlier=[f"{earlier}/{name}.csv" for name in snapshot_tables] if options.earlier else [],
        study=declared_study,
        code=code("compare_data_cuts"),
    output:
        records=f"{results}/data_cuts/records.csv",
        numbers=f"{results}/data_cuts/numbers.csv",
    log:
        logfile("data_cuts"),
    params:
        names=list(snapshot_tables),
        decisions=decisions("variables"),
    script:
        "../scripts/compare_data_cuts.py"
