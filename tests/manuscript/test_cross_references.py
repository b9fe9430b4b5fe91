import re

from oligomet.manuscript.cross_references import refer_across

PAPER = """## Methods {#sec-methods}

See @fig-flow, @tbl-further, @sec-more [@cox1972].

{{< embed notebooks/cohort.ipynb#fig-flow >}}
"""
SUPPLEMENT = """---
title: More
crossref: {tbl-title: Supplementary Table}
---
## More of it {#sec-more}

{{< embed notebooks/cohort.ipynb#tbl-first >}}

::: {#tbl-further}
What a table shows
:::

{{< embed notebooks/cohort.ipynb#fig-own >}}

As in @fig-flow, @fig-own and @sec-methods.
"""


def test_a_document_says_in_words_what_the_other_shows():
    filled_in = refer_across({"paper": PAPER, "supplement": SUPPLEMENT})
    marked = re.compile(r'\[([^]]*)\]\{\.cross-reference there="[^"]*"\}')
    plain = {name: marked.sub(r"\1", text) for name, text in filled_in.items()}
    assert "See @fig-flow, Supplementary Table\u00a02, ‘More of it’ in the supplement [@cox1972]." in plain["paper"]
    assert '{.cross-reference there="supplement.html#tbl-further"}' in filled_in["paper"]
    assert "As in Figure\u00a01 of the paper, @fig-own and ‘Methods’ in the paper." in plain["supplement"]


def test_what_nobody_shows_stays_for_the_engine_to_refuse():
    assert refer_across({"paper": "See @fig-lost."}) == {"paper": "See @fig-lost."}
