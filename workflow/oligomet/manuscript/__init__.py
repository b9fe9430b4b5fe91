"""The paper: what its prose may say, its project folder, and the two engines that render it.

===========  =========================================================================================================
values       every number and every word of the prose that depends on data, as named values with their sources
methods      the methods section as configured (partials of markdown)
results      the paragraphs that are repeated for each declared endpoint and factor (partials of markdown)
staging      the Quarto project of a study: manuscript/*, the values, the partials, the executed notebooks
shortcodes   the shortcodes of Quarto that the paper uses, for the bundled engine, and as a check before either
notebooks    what a labelled cell of an executed notebook shows, as markdown
engines      `render`: Quarto where it is found, the bundled pandoc and Typst otherwise
documents    the same bytes for the same paper
prose        the text of a rendered paper, and the numbers in it that no value explains
===========  =========================================================================================================
"""


class ManuscriptError(ValueError):
    """What is wrong with the paper, a line each."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
