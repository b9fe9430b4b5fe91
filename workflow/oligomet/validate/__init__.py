"""What is wrong with a study, all of it at once: its declarations (study.yaml) and the exports that they describe.

`document` reads YAML with its line numbers, `fields` says in words what a field may hold, `types` finds every field
that holds something else, `contradictions` what cannot be meant, `data` what the exports do not have. A problem is a
`Problem`, whoever finds it.
"""
