"""The folder that one uploads to a journal: documents, numbered figures and tables, checklists, and what made them."""
