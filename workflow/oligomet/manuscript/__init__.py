"""The paper: what its prose may say, its project folder, and the two engines that render it.

================  ====================================================================================================
filters           what a template may do with words and numbers
vocabulary        what a template may name; `calls`: the numbers of the book, `lookups`: which factors, in which order
sourced           text and numbers that carry their source into the paper
published         whether the declared analysis is the published one, as far as the claims tell
robustness        what the templates on robustness ask of study and rows
title_page        authors and keywords
typed             numbers that were typed into a template
staging           the Quarto project of a study: templates filled in, front matter, executed notebooks
cross_references  what documents refer to, in themselves and in each other; `outline`: what they hold
notebook_embeds   what a cell of a notebook shows, as markdown, where the text has Quarto's embed
engines           `render`: Quarto where it is found, the bundled pandoc and Typst otherwise
word              the look of the DOCX: styles, numbered pages and lines
plan, revision    what `sap` freezes, and what `revision` finds to have moved
================  ====================================================================================================
"""

# The documents of the project: what each is called in another. A name is that of its template and of its files.
DOCUMENTS = {"paper": "the paper", "supplement": "the supplement"}
