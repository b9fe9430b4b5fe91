"""Tables and figures: rows of the estimates, chosen, ordered and printed. Nothing is computed here.

formats         numbers as they are printed, also in the paper's prose
counts          counts that a table and a figure both show
tables, series  Tables 1 to 5 (comparison: by groups); supplements: tables of the notebooks
presentation    a table as HTML and as markdown
figures         the declared figures by name: flow, response, survival (labels: where its words go)
forest          published series
individuals     pictures of patients and lesions, from the outcomes; distributions: how their values lie
style           theme, sizes, colours, footers, files
notebook        what the cells of the notebooks call
"""
