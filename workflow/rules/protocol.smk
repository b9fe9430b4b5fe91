# What a trial's monitor reads, of a study that declares its protocol. Asked for by name, and a part of a whole run.
protocol_tables = [name for name in TABLES if name.startswith("protocol/")]
protocol = [table(name) for name in protocol_tables] + [f"{results}/protocol/protocol.html"]
protocol = protocol if study.protocol else []

if study.protocol:

    rule protocol:
        """Eligibility, deviations, due scans, queries and accrual by centre, as tables and a page: for monitors."""
        input:
            **{
                name: table(f"cohort/{name}")
                for name in (
                    "screened",
                    "quarantine",
                    "possible_events",
                    "patients",
                    "lesions",
                    "measurements",
                    "follow_up",
                )
            },
            responses=table("outcomes/responses"),
            study=declared_study,
            code=code("check_protocol"),
        output:
            **{name.partition("/")[2]: table(name) for name in protocol_tables},
            page=report(f"{results}/protocol/protocol.html", category="Protocol", labels={"page": "For monitors"}),
        log:
            logfile("protocol"),
        params:
            decisions=decisions(
                "complete_response",
                "data_cut",
                "eligibility",
                "factors",
                "imaging_schedule",
                "protocol",
                "response",
                "synthetic",
                "title",
                "variables",
            ),
        script:
            "../scripts/check_protocol.py"

elif "protocol" in sys.argv:
    stop(f"{study_file} declares no protocol: there is nothing to hold the records against.")
