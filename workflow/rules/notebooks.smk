# The notebooks, executed for readers: each once, the one on survival once an endpoint of the patients.
endpoints = [name for name, endpoint in study.endpoints.items() if endpoint.per == "patient"]
executed = ["cohort", "response", "factors", "literature", *(f"survival_{endpoint}" for endpoint in endpoints)]
if study.robustness:
    executed.append("robustness")
notebooks = [f"{results}/notebooks/{name}.{kind}" for name in executed for kind in ("ipynb", "html")]
individuals = {
    "cohort": {"patients": table("outcomes/patients"), "times": table("outcomes/times")},
    "response": {"responses": table("outcomes/responses")},
    "robustness": {"claims": claims} if audited else {},
}


rule notebook:
    """One notebook, executed, and its page: the analysis explained to readers."""
    input:
        lambda wildcards: list(individuals.get(wildcards.notebook, {}).values()),
        source=lambda wildcards: of_workflow(f"notebooks/{wildcards.notebook.partition('_')[0]}.ipynb"),
        estimates=table("estimates/estimates"),
        literature=f"{published}/literature.csv",
        code=code("execute_notebook", "oligomet.displays.notebook"),
    output:
        notebook=f"{results}/notebooks/{{notebook}}.ipynb",
        page=f"{results}/notebooks/{{notebook}}.html",
    log:
        f"{results}/logs/notebook_{{notebook}}.log",
        notebook=f"{results}/logs/{{notebook}}.ipynb",
    params:
        study=study_file,
        results=lambda wildcards, output: str(Path(output.notebook).parents[1]),
        decisions=decisions(*shown),
    script:
        "../scripts/execute_notebook.py"
