"""What a contrast means where a model holds two factors of the same response, one of which implies the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oligomet.estimates.design import Contrast
from oligomet.estimates.response import COMBINED
from oligomet.estimates.robustness.choices import Choice, factors_of
from oligomet.schemas import RESPONSES

if TYPE_CHECKING:
    from oligomet.study import Study

MEMBERS = {  # by variable
    "complete_response": {"CR"},
    "objective_response": set(COMBINED["ORR"]),
    "disease_control": set(COMBINED["DCR"]),
}
EVALUABLE = [response for response in RESPONSES if response != "NE"]


def contrast_meant(choice: Choice, endpoint: str, contrast: Contrast, study: Study) -> str | None:
    """The responses that a contrast really compares, such as 'SD against PD'; None where it is the declared contrast.

    Objective response implies disease control. In a model of both, the ratio of one is that among patients alike in the
    other: disease control then compares stable with progressive disease, objective response responders with stable
    disease. These are other questions than the factor's own, and are not to be pooled with it.

    """
    factor = contrast.factor
    own = study.factors[factor]
    others = [study.factors[name].variable for name in factors_of(choice, endpoint, factor, study) if name != factor]
    for variable in others:
        if own.variable not in MEMBERS or variable not in MEMBERS or variable == own.variable:
            continue
        mine, other = MEMBERS[own.variable], MEMBERS[variable]
        outside = set(EVALUABLE) - mine
        sides = [mine - other, outside] if other < mine else [mine, other - mine]
        if (own.groups[contrast.group].is_, own.groups[contrast.reference].is_) == (0, 1):
            sides.reverse()
        return " against ".join(" or ".join(one for one in EVALUABLE if one in side) for side in sides)
    return None
