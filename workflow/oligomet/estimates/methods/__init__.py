"""Statistical methods: arrays and frames in, small frozen results out; nothing here knows of studies or files.

They are the field's libraries', each behind the same checks: data that have no answer raise `common.Undefined`, whose
message is the reason that a table shows instead. What no library computes as R does stands in `methods_python_lacks`;
docs/methods.md lists every method, where it comes from and how far it is from R. A fit of the library itself, to look
at or question, comes from the functions `fit_...`. Libraries are imported where they are used: a process that needs
none does not pay for them.
"""
