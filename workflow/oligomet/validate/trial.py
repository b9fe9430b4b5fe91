"""What a trial declares of its complete response, its size and its prediction, and cannot mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oligomet.collected import needs
from oligomet.columns import RESPONSES
from oligomet.trial_declarations import CompleteResponse, Prediction, Secondary

if TYPE_CHECKING:
    from oligomet.study import Study

OF_FIRST = ("response", "complete_response", "objective_response", "disease_control")
KNOWN_LATER = (*OF_FIRST, "best_response", "any_toxicity")


def check_trial(study: Study) -> Iterator[str]:
    """Lines 'place: what is wrong' of the sections of `trial_declarations`."""
    if study.complete_response:
        yield from _check_complete_response(study.complete_response, study)
    for section in ("sample_size", "prediction"):
        if getattr(study, section) and not study.complete_response:
            yield f"{section}: it is about complete_response, which is not declared"
    if study.sample_size and study.complete_response and not study.complete_response.hypotheses:
        yield "sample_size: it needs the rates of complete_response.hypotheses, which are not declared"
    if study.secondary:
        yield from _check_secondary(study.secondary, study)
    if study.prediction:
        yield from _check_prediction(study.prediction)
    if study.radiomics and "image_features" not in study.sources:
        yield "radiomics: it makes the tables of sources.image_features, which is not declared"


def _check_complete_response(declared: CompleteResponse, study: Study) -> Iterator[str]:
    where = "complete_response"
    missing = needs(study, "response")
    if missing and declared.by == "measured":
        yield f"{where}: it rests on {' and '.join(missing)}, which is not collected"
    missing = needs(study, "next_systemic_therapy")
    if missing and declared.systemic_therapy != "ignored":
        yield f"{where}.systemic_therapy: it rests on {' and '.join(missing)}, which is not collected"
    if study.response.coded and declared.by == "measured":
        yield f"{where}.by: response.coded says that nothing is measured; expected reader, and {study.response.coded}"
    yield from _check_reader(declared.reader, study)


def _check_reader(name: str | None, study: Study) -> Iterator[str]:
    if name is None:
        return
    one, levels = study.variables.get(name), set(study.terms.get(name, {}))
    if one is None or one.of != "measurements" or not levels or not levels <= set(RESPONSES):
        yield (
            f"complete_response.reader: expected a variable of measurements whose levels are {', '.join(RESPONSES)}, "
            f"as declared under variables; {name} is none"
        )


def _check_secondary(declared: Secondary, study: Study) -> Iterator[str]:
    if study.robustness:
        yield "secondary: robustness has competing events and landmarks; declare one of the two"
    for part, named in (("competing", declared.competing), ("landmark", declared.landmark)):
        for endpoint, names in named.items():
            where = f"secondary.{part}.{endpoint}"
            if part == "competing" and endpoint in study.endpoints and not study.endpoints[endpoint].competing:
                yield f"{where}: the endpoint declares no competing event"
            yield from (
                f"{where}: expected a factor of the response at the first assessment ({', '.join(OF_FIRST)}); "
                f"{name} is of {study.factors[name].variable}"
                for name in names
                if part == "landmark" and name in study.factors and study.factors[name].variable not in OF_FIRST
            )


def _check_prediction(declared: Prediction) -> Iterator[str]:
    if not declared.base:
        yield "prediction: expected variables under clinical, dosimetric or genetic"
    named = [*declared.base, *declared.image_features]
    yield from (
        f"prediction: {name} is declared more than once" for name in dict.fromkeys(named) if named.count(name) > 1
    )
    yield from (
        f"prediction: {name} is known only after radiotherapy, and predicts nothing"
        for name in dict.fromkeys([*named, *declared.comparator])
        if name in KNOWN_LATER
    )
