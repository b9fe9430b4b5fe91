"""How many lesions a declared complete response rate asks for, and what becomes of that where lesions are alike.

The hypotheses, the significance and the rule for several are those of `complete_response` of study.yaml, the rest is
declared under `sample_size`. Sizes are exact: one stage, and two stages of Simon. They take lesions as independent; the
operating characteristics simulate what happens when they are not, and when scans are lost.
"""
