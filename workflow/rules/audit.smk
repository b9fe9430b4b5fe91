# Every published number against the others and against the estimates; where a study publishes nothing, nothing is audited.
claims = f"{published}/claims.yaml"
audited = Path(claims).is_file()
audit = [
    f"{results}/audit/{name}" for name in ("claims.csv", "findings.csv", "specifications.csv", "audit.html")
] * audited
appendix = [f"{results}/audit/appendix.md"] * audited


rule specifications:
    input:
        claims=claims,
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        responses=table("outcomes/responses"),
        times=table("outcomes/times"),
        code=code("explore_specifications"),
    output:
        specifications=table("audit/specifications"),
    log:
        logfile("specifications"),
    params:
        study=study_file,
        decisions=decisions("analyses", "endpoints", "factors", "response"),
    script:
        "../scripts/explore_specifications.py"


rule audit:
    input:
        claims=claims,
        estimates=table("estimates/estimates"),
        specifications=table("audit/specifications"),
        errors="docs/audit_error_rates.csv",
        code=code("audit_claims"),
    output:
        claims=table("audit/claims"),
        findings=table("audit/findings"),
        page=f"{results}/audit/audit.html",
        appendix=f"{results}/audit/appendix.md",
    log:
        logfile("audit"),
    params:
        study=study_file,
        decisions=decisions(
            "analyses",
            "data_cut",
            "dose",
            "eligibility",
            "factors",
            "response",
            "synthetic",
            "toxicity",
        ),
    script:
        "../scripts/audit_claims.py"
