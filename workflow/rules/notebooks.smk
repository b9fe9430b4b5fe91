# The notebooks, executed for readers: a rule for each, with a copy for each endpoint where it is about one. A notebook
# whose copies are several loads its libraries once.
from oligomet.notebooks import executions, sections_of

executed = {}  # notebook -> copy -> parameters
for copy, parameters in executions(study).items():
    if copy == "literature" and not literature:
        continue
    executed.setdefault(copy.partition("_")[0], {})[copy] = {"study": options.study, **parameters}
notebooks = [
    f"{results}/notebooks/{copy}.{kind}"
    for copies in executed.values()
    for copy in copies
    for kind in ("ipynb", "html")
]
# What they read beside the estimates: whom they show, what they fit, what others published.
read_beside = {
    "cohort": [table(f"outcomes/{name}") for name in ("patients", "lesions", "times")],
    "response": [table(f"outcomes/{name}") for name in ("patients", "lesions", "responses")],
    "survival": [table(f"outcomes/{name}") for name in ("patients", "lesions", "times")],
    "factors": [table(f"outcomes/{name}") for name in ("patients", "lesions", "times")],
    "literature": [f"{published}/literature.csv"],
    "robustness": [table(f"outcomes/{name}") for name in ("patients", "lesions", "times", "responses")]
    + [claims] * audited,
    "trial": [table(f"outcomes/{name}") for name in ("responses", "lesion_imaging", "lesion_courses")],
    "prediction": [],
}


for notebook, copies in executed.items():

    rule:
        """A notebook, executed for each of its endpoints, and its pages: for readers."""
        name:
            f"notebook_{notebook}"
        input:
            read_beside[notebook],
            source=of_workflow(f"notebooks/{notebook}.ipynb"),
            estimates=table("estimates/estimates"),
            study=declared_study,
            code=code("execute_notebook", Path(workflow.basedir, "notebooks", f"{notebook}.ipynb")),
        output:
            notebooks=[f"{results}/notebooks/{copy}.ipynb" for copy in copies],
            pages=[f"{results}/notebooks/{copy}.html" for copy in copies],
        log:
            logfile(f"notebook_{notebook}"),
            notebooks=[f"{results}/logs/{copy}.ipynb" for copy in copies],
        params:
            parameters=list(copies.values()),
            decisions=decisions(*sections_of(notebook, study)),
            drawn_for=drawn_for,
        script:
            "../scripts/execute_notebook.py"
