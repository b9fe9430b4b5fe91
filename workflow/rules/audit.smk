# Every published number against the others and against the estimates; where a study publishes nothing, nothing is audited.
import re

audit = [
    f"{results}/audit/{name}" for name in ("claims.csv", "findings.csv", "specifications.csv", "audit.html")
] * audited
appendix = [f"{results}/audit/appendix.md"] * audited
papers_alone = [
    file.parts[1]
    for file in sorted(Path("studies").glob("*/published/claims.yaml"))
    if not Path("studies", file.parts[1], "study.yaml").is_file()
]


rule specifications:
    input:
        claims=claims,
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        responses=table("outcomes/responses"),
        times=table("outcomes/times"),
        code=code("reanalyse_published"),
    output:
        specifications=table("audit/specifications"),
    log:
        logfile("specifications"),
    params:
        study=study_file,
        decisions=decisions("analyses", "endpoints", "factors", "response"),
    script:
        "../scripts/reanalyse_published.py"


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


# A paper of which there are only the claims: snakemake --cores 1 results/<paper>/audit/audit.html
rule audit_paper:
    input:
        claims="studies/{paper}/published/claims.yaml",
        errors="docs/audit_error_rates.csv",
        code=code("audit_paper"),
    output:
        claims="results/{paper}/audit/claims.csv",
        findings="results/{paper}/audit/findings.csv",
        page="results/{paper}/audit/audit.html",
    log:
        "results/{paper}/logs/audit.log",
    wildcard_constraints:
        paper="|".join(map(re.escape, papers_alone)) or "(?!)",  # (?!): nothing
    script:
        "../scripts/audit_paper.py"
