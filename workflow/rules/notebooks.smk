# The notebooks, executed for readers: a rule for each, and for each endpoint where it is about one.
from oligomet.notebooks import executions, sections_of

executed = {copy: given for copy, given in executions(study).items() if copy != "literature" or literature}
notebooks = [f"{results}/notebooks/{copy}.{kind}" for copy in executed for kind in ("ipynb", "html")]
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


for copy, parameters in executed.items():
    notebook = copy.partition("_")[0]

    rule:
        """A notebook, executed with its parameters, and its page: for readers."""
        name:
            f"notebook_{copy}"
        input:
            read_beside[notebook],
            source=of_workflow(f"notebooks/{notebook}.ipynb"),
            estimates=table("estimates/estimates"),
            study=declared_study,
            code=code("execute_notebook", Path(workflow.basedir, "notebooks", f"{notebook}.ipynb")),
        output:
            notebook=f"{results}/notebooks/{copy}.ipynb",
            page=f"{results}/notebooks/{copy}.html",
        log:
            logfile(f"notebook_{copy}"),
            notebook=f"{results}/logs/{copy}.ipynb",
        group:
            "notebooks"  # one job of a cluster's queue; profiles name the other groups, these rules are named by a study
        params:
            parameters={"study": options.study, **parameters},
            decisions=decisions(*sections_of(copy, study)),
            drawn_for=drawn_for,
        script:
            "../scripts/execute_notebook.py"


rule notebooks:
    """All notebooks, executed, and their pages: for who wants to see these first."""
    input:
        notebooks,
