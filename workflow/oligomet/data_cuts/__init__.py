"""What changed from one data cut of a study to the next: by patient, and by number of the report."""
