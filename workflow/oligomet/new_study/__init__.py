"""What a new study begins with: a short study.yaml, a data dictionary, exports with headings alone, a title page."""
