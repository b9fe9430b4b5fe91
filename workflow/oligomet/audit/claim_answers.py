"""What an `answer` of claims.yaml may ask of the estimates."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from oligomet.schemas import ESTIMATE_KEY, TABLES

GROUP = "<group>"  # in the answer of a factor: the name of the level that is asked for
OWN_TO_ANSWERS = ("take", "times", "study")  # beside columns of the estimates


def _names_columns(answer: dict[str, str]) -> dict[str, str]:
    """An answer as it is, if it asks only for what the estimates have."""
    known = [*ESTIMATE_KEY, *OWN_TO_ANSWERS]
    problems = [
        f"{name}: not a column of the estimates, which are {', '.join(ESTIMATE_KEY)}"
        for name in answer
        if name not in known
    ]
    if "level" in answer:
        problems = ["level: the estimates have group (and reference, the group it is compared with) and grade instead"]
    if answer.get("take", "estimate") not in TABLES["estimates"]:
        problems.append(f"take: {answer['take']} is not a column of the estimates")
    problems += [
        f"{name}: write {GROUP} in the place of <level>" for name, value in answer.items() if value == "<level>"
    ]
    if problems:
        raise ValueError("\n".join(problems))
    return answer


Answer = Annotated[dict[str, str], AfterValidator(_names_columns)]
