"""A defect in one plain sentence: what is wrong with the paper, before the arithmetic that shows it.

The sentences are templates, in headlines.yaml.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import jinja2
import yaml

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import RATIOS


@cache
def _sentences() -> dict[str, str]:
    return yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))


def headline(paper: Paper, check: str, claims: Sequence[Claim], alike: int) -> str:
    """One sentence on a defect.

    Parameters
    ----------
    check
        The name of the check that found it.
    claims
        Those that cannot stand, the first of them first; not empty.
    alike
        How many findings of the check there are in its section, this one included.
    """
    first, declared, sentences = claims[0], paper.declared, _sentences()
    second = claims[1] if len(claims) > 1 else None
    rule = declared.endpoints[first.followed].fails_with if first.followed else None
    population = declared.factors[rule.factor].of if rule else ""
    return jinja2.Template(sentences.get(check, sentences["otherwise"])).render(
        first=first,
        alike=alike,
        second=second,
        endpoint=declared.endpoints[first.endpoint].says if first.endpoint else "",
        other=declared.endpoints[second.endpoint].says if second and second.endpoint else "",
        factor=declared.factors[first.factor].says if first.factor else "",
        who=paper.describe((first.population, ())),
        total=paper.counted((first.population, ())),
        progressed=paper.counted((population, ((rule.factor, rule.level),))) if rule else None,
        of_all=paper.counted((population, ())) if rule else None,
        otherwise=sentences["otherwise"],
    )


def consequence(claims: Sequence[Claim]) -> str:
    """What a defect touches: a comparison, a survival result or a description, and whether the abstract has it."""
    kinds = {claim.limit_of or claim.kind for claim in claims}
    touched = (
        "a comparison" if kinds & {*RATIOS, "p_value"} else
        "a survival result" if any(claim.endpoint for claim in claims) else "the description of the patients"
    )  # fmt: skip
    abstract = any("abstract" in claim.section.lower() for claim in claims)
    return f"touches {touched}{' in the abstract' if abstract else ''}"
