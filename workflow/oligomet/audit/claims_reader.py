"""A claims.yaml read: its declarations, checked, and its entries, expanded to single claims.

The format is described in docs/claims.md. Everything is read as text, so that the decimals of a number stay as printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from oligomet.audit.claims import READ, Claim, Paper, narrowed
from oligomet.audit.claims_file import ClaimsFile, Location, Mistake, in_words, read_claims_file, tell
from oligomet.audit.claims_format import BY_MONTH, KINDS, NEVER_NEGATIVE, NUMBERS, WHOLE, WORDS, PaperEntry, PaperFile
from oligomet.audit.curves import read_curve
from oligomet.audit.declared_by_study import complete
from oligomet.audit.declared_names import entries_of, mistakes_of_declarations, mistakes_of_entry, read_declarations
from oligomet.audit.printed import NOT_GIVEN, Printed, read_number, read_printed_date
from oligomet.audit.wording import identify, sentence
from oligomet.declarations import ConfigurationError
from oligomet.sections import Sections
from oligomet.study import Study

TAKEN_OVER = (  # by a claim from its entry as they are
    "variable", "endpoint", "window", "per", "confidence", "model", "test", "setting", "called", "unclear", "needs",
    "answer",
)  # fmt: skip
TOTAL_KEY = "total"  # beside the levels of `by`: the number of all of them


def read_claims(path: str | Path, study: Study | Sections | None = None) -> Paper:
    """The paper declared in `path`.

    Parameters
    ----------
    path
        A claims.yaml.
    study
        The study of which it is the published paper: its factors and endpoints need not be declared again. None where
        there is only the paper.

    Raises
    ------
    ConfigurationError
        All mistakes at once, each with its line and place in the file.
    """
    return _parse(read_claims_file(Path(path)), str(path), study, Path(path).parent)


def parse_claims(raw: object, file: str = "claims.yaml", study: Study | Sections | None = None) -> Paper:
    """As `read_claims`, from the nested maps, lists and texts of such a file."""
    return _parse(ClaimsFile(raw, {}, []), file, study)


def _parse(given: ClaimsFile, file: str, study: Study | Sections | None, folder: Path = Path()) -> Paper:
    raw = given.raw
    if not isinstance(raw, dict):
        raise ConfigurationError(f"{file}: expected 'name: value' lines, found {type(raw).__name__}")
    raw = raw if study is None else complete(raw, study)
    mistakes, entries = list(given.mistakes), list[tuple[Location, PaperEntry]]()
    for where, entry in entries_of(raw.get("claims"), mistakes):
        try:
            entries.append((where, PaperEntry.model_validate(entry)))
        except ValidationError as error:
            mistakes += in_words(error, where)
    declared, wrong, left_out = read_declarations({name: value for name, value in raw.items() if name != "claims"})
    mistakes += wrong
    if declared is None:
        raise tell(file, mistakes, given.lines)
    undeclared = mistakes_of_declarations(declared)
    mistakes += undeclared
    curves = [
        read_curve(folder / "curves" / curve.file, ("curves", n), mistakes) for n, curve in enumerate(declared.curves)
    ]
    claims: list[Claim] = []
    first_at: dict[str, Location] = {}
    for where, entry in entries:
        mistakes += (wrong := mistakes_of_entry(declared, entry, where))
        try:
            expanded = [] if wrong else list(_expand(str(where[1]), entry, declared))
        except KeyError:  # it is of what the declarations name and lack, which is told already
            if not mistakes:
                raise
            continue
        except ValueError as error:
            mistakes.append(Mistake(where, str(error)))
            continue
        claims += expanded
        for claim in expanded:
            if first_at.setdefault(claim.id, where) != where:
                mistakes.append(Mistake(where, f"has the id {claim.id} like another; name one with `id`"))
    mistakes = [each for each in mistakes if not any(each.says.startswith(f"{name} is not") for name in left_out)]
    if mistakes:
        raise tell(file, mistakes, given.lines)
    followed = zip(declared.curves, curves, strict=True)
    return Paper(declared, tuple(claims), tuple((curve, points) for curve, points in followed if points is not None))


def _expand(section: str, entry: PaperEntry, declared: PaperFile) -> Iterator[Claim]:
    """The single claims of an entry: one a kind, a time and a level of `by`."""
    place = declared.place(entry)
    common = {
        "section": section,
        "row": entry.row,
        "unit": declared.populations[place[0]].unit,
        **{name: getattr(entry, name) for name in TAKEN_OVER},
        "df": tuple(entry.df),
        "followed": (declared.endpoints[entry.endpoint].same_as or entry.endpoint) if entry.endpoint else "",
        "outcome": next(iter((entry.outcome or {}).items()), None),
        "contrast": (entry.contrast.factor, entry.contrast.level, entry.contrast.reference) if entry.contrast else None,
        "factor": entry.contrast.factor if entry.contrast else entry.factor,
    }
    covered = entry.printed  # the entry's tokens are covered by the first of its claims
    for kind, key, text in _values(entry):
        at, time, divides = place, entry.time, next(reversed(entry.of), "") if isinstance(entry.of, dict) else ""
        if key is not None and kind in BY_MONTH:
            time = float(key)
        elif key is not None and entry.by is not None and key != TOTAL_KEY:
            at, divides = narrowed(place, entry.by, key), entry.by
        limit_of = entry.limit_of if kind in ("low", "high") else None
        number = _number(kind, text, limit_of)
        own = [] if number.text == NOT_GIVEN and kind != "text" else NUMBERS.findall(text)
        yield Claim(
            id=(entry.id and f"{entry.id}.{kind}") or identify(section, entry, kind, at, time),
            kind=kind,
            printed=text,
            **{name: getattr(number, name) for name in READ},
            population=at[0],
            group=at[1],
            divides=divides,
            time=time,
            says=entry.says or sentence(declared, entry, kind, at, time),
            tolerance=entry.tolerance if entry.tolerance is not None else declared.tolerances.get(kind),
            tokens=tuple(own if covered is None else covered),
            limit_of=limit_of,
            by=entry.by if kind in ("p_value", "statistic") else None,
            **common,
        )
        covered = None if covered is None else []


def _values(entry: PaperEntry) -> Iterator[tuple[str, str | None, str]]:
    """What an entry states: the kind, the month or level, if there are several, and the number as printed."""
    for kind in KINDS:
        value = getattr(entry, kind)
        if isinstance(value, dict):
            yield from ((kind, key, text) for key, text in value.items())
        elif value is not None:
            yield kind, None, value


def _number(kind: str, text: str, limit_of: str | None) -> Printed:
    """A number as printed, if it can be one of its kind; of the name of a scale none."""
    if kind == "text":
        return read_number(NOT_GIVEN)
    printed = read_printed_date(text) if kind == "date" else read_number(text, whole=kind in WHOLE)
    if printed.value < 0 and (kind in NEVER_NEGATIVE or (limit_of and limit_of != "mean")):
        raise ValueError(f"{kind} is {text}, and cannot be negative")
    if kind not in WORDS.get(printed.text, (kind,)):
        raise ValueError(f"{kind} cannot be {text}")
    return printed
