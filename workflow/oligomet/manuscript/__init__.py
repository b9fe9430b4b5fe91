"""The paper: what its prose may say, its project folder, and the two engines that render it.

================  ====================================================================================================
configured        what the prose says of study.yaml, and the software that ran
wanted            the declarative list of what the prose wants of the estimates
values            every number and word of the prose that depends on data, as named values with their sources
methods           the phrases of the methods, one for each option of study.yaml
sentences         the sentences on endpoints and comparisons, whichever a study declares
cohort_sentences  those on patients, lesions, toxicity and published series
differences       what differs from the published paper, from the audit's table of claims
robustness        the section on robustness, from its estimates, and the abstract's sentence on the published paper
robustness_-      `methods`: what was declared, for the methods; `findings`: a paragraph an analysis, for the section
staging           the Quarto project of a study: manuscript/*, values, generated parts, executed notebooks
shortcodes        Quarto's shortcodes as far as the paper uses them; a check before either engine
notebooks         what a labelled cell of an executed notebook shows, as markdown
engines           `render`: Quarto where it is found, the bundled pandoc and Typst otherwise
word, documents   styles of the DOCX; the same bytes for the same paper
prose             the text of a rendered paper, and the numbers in it that no value explains
================  ====================================================================================================
"""


class ManuscriptError(ValueError):
    """What is wrong with the paper, a line each."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
