# The notebooks, executed for readers: each once, the one on survival once an endpoint of the patients. Copies of one
# notebook are made in one job, which loads the libraries once.
from oligomet.notebooks import executions

executed = executions(study)
survival_copies = [name for name in executed if "_" in name]
notebooks = [f"{results}/notebooks/{name}.{kind}" for name in executed for kind in ("ipynb", "html")]


rule notebook:
    input:
        source="notebooks/{notebook}.ipynb",
        estimates=table("estimates/estimates"),
        outcomes=[table(f"outcomes/{name}") for name in ("times", "patients", "lesions", "responses")],
        literature=f"{published}/literature.csv",
        claims=[claims] * audited,
        code=code("execute_notebook", "oligomet.displays.notebook"),
    output:
        notebooks=[f"{results}/notebooks/{{notebook}}.ipynb"],
        pages=[f"{results}/notebooks/{{notebook}}.html"],
    log:
        f"{results}/logs/notebook_{{notebook}}.log",
        notebooks=[f"{results}/logs/{{notebook}}.ipynb"],
    wildcard_constraints:
        notebook="[a-z]+",
    params:
        study=study_file,
        executed=lambda wildcards: {wildcards.notebook: {"study": options.study, **executed[wildcards.notebook]}},
        decisions=decisions(*shown),
    script:
        "../scripts/execute_notebook.py"


use rule notebook as notebook_of_endpoints with:
    output:
        notebooks=[f"{results}/notebooks/{name}.ipynb" for name in survival_copies],
        pages=[f"{results}/notebooks/{name}.html" for name in survival_copies],
