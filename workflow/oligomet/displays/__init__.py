"""Tables and figures: entries of the book of numbers, chosen, ordered and printed. Nothing is computed here.

declared_tables       the tables of the paper by name: a module each, characteristics_tables to toxicity_table
declared_figures      its figures: flow_diagram, response_figure, survival_curves, factors_forest, lesion_figures
supplementary_tables  further tables of the notebooks; contrast_tables, robustness_tables: those of robustness
specification_curve   every conclusion under every choice, beside printed_ratios; continuous_figures: forms and dose
forest_plot           published series
individuals           pictures of patients and lesions, from the outcomes; distributions: how their values lie
simulation_figure     intervals and tests under known truth; design_displays: sizes and power of a design
words                 titles, legends and notes, from the templates of manuscript/displays/
shown_table           a table as a page, and as a part of one, by great_tables; cells: an entry as a cell
style                 the frame of every figure: what the journal wants, theme, colours, footers, files
drawn_curves          curves as they are read; label_placing: where words go beside them
formats               numbers as they are printed, also in the paper's prose; study_words: what is said of a study alike
results               what a notebook starts from
"""
