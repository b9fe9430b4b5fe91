# Every published number against the others and against the estimates; where a study publishes nothing, nothing is audited.
import re

audit = [f"{results}/audit/{name}" for name in ("claims.csv", "findings.csv", "reanalyses.csv", "audit.html")] * audited
appendix = [f"{results}/audit/appendix.md"] * audited
error_rates = of_workflow("docs/audit_error_rates.csv")
papers_alone = {
    folder.name
    for studies in ("studies", of_workflow("studies"))
    for folder in Path(studies).glob("*")
    if (folder / "published/claims.yaml").is_file() and not (folder / "study.yaml").is_file()
}


rule reanalyses:
    """How each published number could have been made, the nearest analysis first: for reviewers."""
    input:
        claims=claims,
        patients=table("outcomes/patients"),
        lesions=table("outcomes/lesions"),
        responses=table("outcomes/responses"),
        times=table("outcomes/times"),
        study=declared_study,
        code=code("reanalyse_published"),
    output:
        reanalyses=table("audit/reanalyses"),
    log:
        logfile("reanalyses"),
    params:
        decisions=decisions("analyses", "endpoints", "factors"),
    script:
        "../scripts/reanalyse_published.py"


rule audit:
    """A verdict on every published number, as tables, page and appendix: for reviewers."""
    input:
        claims=claims,
        beside=beside(claims),
        estimates=table("estimates/estimates"),
        reanalyses=table("audit/reanalyses"),
        errors=error_rates,
        study=declared_study,
        code=code("audit_claims"),
    output:
        claims=table("audit/claims"),
        findings=table("audit/findings"),
        page=report(
            f"{results}/audit/audit.html", caption="../report/audit.rst", category="Audit", labels={"page": "Verdicts"}
        ),
        appendix=f"{results}/audit/appendix.md",
    log:
        logfile("audit"),
    params:
        decisions=decisions(
            "analyses",
            "data_cut",
            "dose",
            "eligibility",
            "endpoints",
            "factors",
            "response",
            "synthetic",
            "toxicity",
        ),
    script:
        "../scripts/audit_claims.py"


# A paper of which there are only the claims: snakemake --cores 1 results/<paper>/audit/audit.html
rule audit_paper:
    """What a published paper alone tells of its numbers, without any data: for reviewers."""
    input:
        claims=lambda wildcards: nearest(f"studies/{wildcards.paper}/published/claims.yaml"),
        beside=lambda wildcards: beside(nearest(f"studies/{wildcards.paper}/published/claims.yaml")),
        errors=error_rates,
        code=code("audit_paper"),
    output:
        claims=f"{options.results}/{{paper}}/audit/claims.csv",
        findings=f"{options.results}/{{paper}}/audit/findings.csv",
        page=f"{options.results}/{{paper}}/audit/audit.html",
    log:
        f"{options.results}/{{paper}}/logs/audit.log",
    wildcard_constraints:
        paper="|".join(map(re.escape, sorted(papers_alone))) or "(?!)",  # (?!): nothing
    script:
        "../scripts/audit_paper.py"


# How often does the audit itself err? A minute and a half, so it is asked for by name, and no audit ever asks for it:
# it writes the committed table anew, which page and appendix quote.
rule audit_error_rates:
    """How often the audit itself errs, over fabricated papers: for its developers."""
    input:
        code=code("measure_error_rates"),
    log:
        f"{options.results}/logs/audit_error_rates.log",
    params:
        error_rates=error_rates,
    script:
        "../scripts/measure_error_rates.py"


# snakemake claims_template --config paper=mystudy text=paper.txt
begun = f"studies/{options.paper}/published"

if "claims_template" in sys.argv:
    if options.paper and not re.fullmatch(r"\w[\w.-]*", options.paper):
        stop(
            f"{options.paper[:80]!r} is no name of a paper: expected that of a folder in studies/, "
            "letters, digits, - and _; nothing was written."
        )
    if not options.paper or not Path(options.text).is_file():
        stop("Say what to begin, and from what text: snakemake claims_template --config paper=mystudy text=paper.txt")
    if Path(begun, "claims.yaml").exists():
        stop(f"{begun}/claims.yaml is there already; nothing was written. Choose another name, or remove it yourself.")

    onsuccess:
        print(Path(begun, "claims.yaml").read_text(encoding="utf-8").splitlines()[0].lstrip("# "), file=sys.stderr)
        print(f"Complete {begun}/claims.yaml, then ask for the page:", file=sys.stderr)
        print(f"  snakemake --cores 1 {options.results}/{options.paper}/audit/audit.html", file=sys.stderr)


rule claims_template:
    """Begin studies/<paper>/published/claims.yaml from the text of a paper: for reviewers."""
    input:
        code=code("begin_claims"),
    log:
        f"{options.results}/logs/claims_template.log",
    params:
        paper=options.paper,
        text=options.text,
        folder=begun,
    script:
        "../scripts/begin_claims.py"
