"""What is said twice and differently (numbers, units of analysis, names, scales), and what is only announced."""

from __future__ import annotations

from collections import Counter, defaultdict

from oligomet.audit.checks.percentages import swapped_digits
from oligomet.audit.claims import Claim, Paper
from oligomet.audit.findings import POINTS, Finding, Findings
from oligomet.audit.printed import NOT_REACHED, Interval

SAME_NUMBERS = 3  # different numbers that two rows have by chance no more
QUANTITY = (
    "kind", "place", "variable", "time", "contrast", "factor", "model", "setting", "limit_of", "outcome", "by",
)  # fmt: skip
MEASURES = {"percentage": POINTS, "rate": POINTS, "date": "days", "p_value": "p", "hazard_ratio": "hazard ratio"}


def check_restatements(paper: Paper) -> Findings:
    """One quantity printed in several places: the rounding intervals have to meet."""
    quantities = defaultdict(list)
    for claim in paper.select():
        if claim.kind != "rate" or claim.time is not None:
            followed = None if claim.kind == "count" else claim.followed
            quantities[followed, *(getattr(claim, name) for name in QUANTITY)].append(claim)
    for claims in (each for each in quantities.values() if len(each) > 1):
        common = Interval(max(c.interval.low for c in claims), min(c.interval.high for c in claims))
        if common.low <= common.high + 1e-9:
            yield Finding("sound", tuple(claims), f"Printed {len(claims)} times, and the same.")
            continue
        often = Counter(claim.printed for claim in claims).most_common()
        usual = often[0][0] if len(often) == 1 or often[0][1] > often[1][1] else None
        standard = [claim for claim in claims if claim.printed == usual]
        wrong = [c for c in claims if usual is None or not c.interval.meets(standard[0].interval)]
        off = max(a.interval.apart(b.interval) for a in claims for b in claims)
        swapped = usual is not None and all(usual in swapped_digits(claim.printed) for claim in wrong)
        first = claims[0]
        at = f" at {first.time:g} months" if first.time is not None else ""
        printed = " and ".join(f"{text} ({_places(claims, text)})" for text, _ in often)
        says = f"{first.kind.replace('_', ' ').capitalize()}{at} printed as {printed}."
        measure = f"{first.unit}s" if first.kind == "count" else MEASURES.get(first.kind, "")
        repair = f"two digits swapped: {usual}" if swapped else ""
        yield Finding("inconsistent", tuple(wrong), says, tuple(standard), off, measure, repair)


def _places(claims: list[Claim], printed: str) -> str:
    return ", ".join(dict.fromkeys(claim.section for claim in claims if claim.printed == printed))


def check_repeated_rows(paper: Paper) -> Findings:
    """Rows of one section with the same numbers, three or more of them, of different subjects: a row copied."""
    rows: dict[tuple, list[Claim]] = defaultdict(list)
    for claim in paper.select(relation="="):
        if claim.kind not in ("count", "p_value", "at_risk", "date", "value") and claim.decimals > 0:
            of = claim.place, claim.contrast, claim.outcome, claim.endpoint, claim.variable, claim.per, claim.model
            rows[claim.section, claim.row, of].append(claim)
    printed: dict[tuple, list[tuple[Claim, ...]]] = defaultdict(list)
    for (section, _, _), claims in rows.items():
        if len({claim.printed for claim in claims}) >= SAME_NUMBERS:
            printed[section, tuple((claim.kind, claim.time, claim.printed) for claim in claims)].append(tuple(claims))
    for alike in printed.values():
        firsts = [claims[0] for claims in alike]
        subjects = {(c.place, c.contrast, c.endpoint, c.variable, c.model) for c in firsts}
        sizes = {each.value for c in firsts if (each := paper.counted(c.place))}
        if len(subjects) > 1 and (len(sizes) != 1 or not firsts[0].group):
            same = ", ".join(claim.printed for claim in alike[0])
            says = f"{firsts[0].says} and {firsts[1].says} have the same numbers: {same}."
            yield Finding("inconsistent", alike[1], says, alike[0])


def check_names_of_scales(paper: Paper) -> Findings:
    """One scale or criterion under different names; a name that only says less is the same."""
    named = defaultdict(list)
    for claim in paper.claims:
        if claim.kind == "text":
            named[claim.setting or ""].append(claim)
    for setting, claims in (each for each in named.items() if len(each[1]) > 1):
        fullest = max((claim.printed for claim in claims), key=len)
        what = setting.replace("_", " ").capitalize()
        if all(claim.printed.lower() in fullest.lower() for claim in claims):
            yield Finding("sound", tuple(claims), f"{what}: {fullest}, if sometimes less fully.")
        else:
            printed = " and ".join(f"{claim.printed} ({claim.section})" for claim in claims)
            yield Finding("inconsistent", tuple(claims), f"{what} is said to be {printed}.")


def check_units(paper: Paper) -> Findings:
    """One endpoint, followed in patients here and in lesions there."""
    units = defaultdict(list)
    for claim in paper.select():
        if claim.endpoint and claim.kind in ("count", "rate", "median"):
            units[claim.followed].append(claim)
    for endpoint, claims in units.items():
        said = {claim.unit: claim for claim in reversed(claims)}
        if len(said) > 1:
            usual = Counter(claim.unit for claim in claims).most_common(1)[0][0]
            words = " and ".join(
                f"{c.unit}s ({c.section}{f', {c.printed}' if c.kind == 'count' else ''})" for c in said.values()
            )
            says = f"{paper.declared.endpoints[endpoint].says} is followed in {words}."
            wrong = tuple(claim for claim in claims if claim.unit != usual)
            yield Finding("inconsistent", wrong, says, (said[usual],))


def check_classified_elsewhere(paper: Paper) -> Findings:
    """Groups of patients by what is only counted in lesions: how a patient with several is classified is not said."""
    groups = defaultdict(list)
    for claim in (claim for claim in paper.select() if claim.endpoint):
        for factor in {factor for factor, _ in claim.group} | ({claim.factor} if claim.factor else set()):
            if paper.declared.populations[paper.declared.factors[factor].of].unit != claim.unit:
                groups[factor].append(claim)
    for factor, claims in groups.items():
        declared, grouped = paper.declared.factors[factor], claims[0].population
        if not any(paper.counted((grouped, ((factor, level),))) for level in declared.levels):
            counted_in, who = (paper.declared.populations[name].says for name in (declared.of, grouped))
            says = f"{declared.says} is counted in {counted_in}, but used to group {who}: by which lesion is not said."
            yield Finding("ambiguous", tuple(claims), says)


def check_names_of_endpoints(paper: Paper) -> Findings:
    """One endpoint under two names."""
    for name, endpoint in paper.declared.endpoints.items():
        claims, others = paper.select(endpoint=name), paper.select(endpoint=endpoint.same_as)
        if endpoint.same_as and claims and others:
            other = paper.declared.endpoints[endpoint.same_as].says.lower()
            says = f"'{endpoint.says}' and '{other}' stand for the same numbers; only the second is defined."
            yield Finding("ambiguous", tuple(claims), says, tuple(others))


def check_announced(paper: Paper) -> Findings:
    """Numbers that are announced but not given."""
    for claim in paper.claims:
        if claim.kind != "text" and not claim.stated and claim.printed != NOT_REACHED:
            yield Finding("ambiguous", (claim,), f"{claim.says}: {claim.unclear or 'announced, not given'}.")


CHECKS = (
    check_restatements, check_repeated_rows, check_names_of_scales, check_units, check_classified_elsewhere,
    check_names_of_endpoints, check_announced,
)  # fmt: skip
