# The notebooks, executed for readers: a rule for each, with a copy for each endpoint where it is about one. A notebook
# whose copies are several loads its libraries once.
from oligomet.notebooks import executions

executed = {}  # notebook -> copy -> parameters
for copy, parameters in executions(study).items():
    executed.setdefault(copy.partition("_")[0], {})[copy] = {"study": options.study, **parameters}
notebooks = [
    f"{results}/notebooks/{copy}.{kind}"
    for copies in executed.values()
    for copy in copies
    for kind in ("ipynb", "html")
]
# What they read beside the estimates: whom they show, or what they fit.
outcomes = {
    "cohort": ["patients", "lesions", "times"],
    "response": ["patients", "lesions", "responses"],
    "survival": ["patients", "lesions", "times"],
    "factors": ["patients", "lesions", "times"],
    "robustness": ["patients", "lesions", "times", "responses"],
}


for notebook, copies in executed.items():

    rule:
        """A notebook, executed for each of its endpoints, and its pages: for readers."""
        name:
            f"notebook_{notebook}"
        input:
            [table(f"outcomes/{name}") for name in outcomes.get(notebook, [])],
            [claims] * (audited and notebook == "robustness"),
            source=of_workflow(f"notebooks/{notebook}.ipynb"),
            estimates=table("estimates/estimates"),
            **literature,
            code=code("execute_notebook", "oligomet.displays.notebook"),
        output:
            notebooks=[f"{results}/notebooks/{copy}.ipynb" for copy in copies],
            pages=[f"{results}/notebooks/{copy}.html" for copy in copies],
        log:
            logfile(f"notebook_{notebook}"),
            notebooks=[f"{results}/logs/{copy}.ipynb" for copy in copies],
        params:
            study=study_file,
            parameters=list(copies.values()),
            decisions=decisions(*shown),
        script:
            "../scripts/execute_notebook.py"
