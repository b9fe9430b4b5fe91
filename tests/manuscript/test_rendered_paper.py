"""The paper that a whole run leaves behind."""

import pandas as pd

from oligomet.manuscript.prose import unexplained_numbers


def test_every_number_of_the_rendered_paper_is_explained(run):
    values = pd.read_csv(run.results / "manuscript" / "values.csv", dtype=str, keep_default_na=False)
    assert unexplained_numbers(run.results / "manuscript" / "paper.html", set(values["text"])) == []
