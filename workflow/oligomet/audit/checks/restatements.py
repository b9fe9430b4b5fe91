"""What is said twice and differently (numbers, units of analysis, names, scales), and what is only announced."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from oligomet.audit.checks.percentages import swapped_digits
from oligomet.audit.claims import Claim, Paper
from oligomet.audit.findings import Finding
from oligomet.audit.printed import NOT_REACHED, Interval
from oligomet.audit.survival_claims import canonical_endpoint

SAME_NUMBERS = 3  # different numbers that two rows have by chance no more


def check_restatements(paper: Paper) -> Iterator[Finding]:
    """One quantity printed in several places: the rounding intervals have to meet."""
    quantities = defaultdict(list)
    for claim in paper.claims:
        if claim.stated and not (claim.kind == "rate" and claim.time is None):
            quantities[_quantity(paper, claim)].append(claim)
    for claims in quantities.values():
        if len(claims) < 2:
            continue
        common = Interval(max(c.interval.low for c in claims), min(c.interval.high for c in claims))
        if common.low <= common.high + 1e-9:
            yield Finding("sound", tuple(claims), f"Printed {len(claims)} times, and the same.")
            continue
        often = Counter(claim.printed for claim in claims).most_common()
        usual = often[0][0] if len(often) == 1 or often[0][1] > often[1][1] else None
        standard = [claim for claim in claims if claim.printed == usual]
        wrong = [c for c in claims if usual is None or not c.interval.meets(standard[0].interval)]
        printed = " and ".join(f"{text} ({_places(claims, text)})" for text, _ in often)
        off = max(abs(a.interval.gap(b.interval)) for a in claims for b in claims)
        repair = ""
        if usual is not None and all(usual in swapped_digits(claim.printed) for claim in wrong):
            repair = f"two digits swapped: {usual}"
        says = f"{_what(claims[0])} printed as {printed}."
        yield Finding("inconsistent", tuple(wrong), says, tuple(standard), off, _measure(claims[0]), repair)


def _quantity(paper: Paper, claim: Claim) -> tuple:
    return (
        claim.kind, claim.population, claim.group, claim.variable, claim.time, claim.contrast, claim.factor,
        claim.model, claim.setting, claim.limit_of, claim.outcome, claim.by,
        None if claim.kind == "count" else canonical_endpoint(paper, claim.endpoint),
    )  # fmt: skip


def _what(claim: Claim) -> str:
    at = f" at {claim.time:g} months" if claim.time is not None else ""
    return f"{claim.kind.replace('_', ' ').capitalize()}{at}"


def _places(claims: list[Claim], printed: str) -> str:
    return ", ".join(dict.fromkeys(claim.section for claim in claims if claim.printed == printed))


def _measure(claim: Claim) -> str:
    if claim.kind in ("percentage", "rate"):
        return "percentage points"
    return {"count": claim.unit + "s", "date": "days", "p_value": "p", "hazard_ratio": "hazard ratio"}.get(
        claim.kind, ""
    )


def check_repeated_rows(paper: Paper) -> Iterator[Finding]:
    """Rows of one section with the same numbers, three or more of them, of different subjects: a row copied."""
    rows: dict[tuple, list[Claim]] = defaultdict(list)
    for claim in paper.select(relation="="):
        if claim.kind not in ("count", "p_value", "at_risk", "date", "value") and claim.decimals > 0:
            of = claim.place, claim.contrast, claim.outcome, claim.endpoint, claim.variable, claim.per, claim.model
            rows[claim.section, claim.row, of].append(claim)
    printed: dict[tuple, list[tuple[Claim, ...]]] = defaultdict(list)
    for (section, _, _), claims in rows.items():
        numbers = tuple((claim.kind, claim.time, claim.printed) for claim in claims)
        if len({claim.printed for claim in claims}) >= SAME_NUMBERS:
            printed[(section, numbers)].append(tuple(claims))
    for alike in printed.values():
        subjects = {(c[0].place, c[0].contrast, c[0].endpoint, c[0].variable, c[0].model) for c in alike}
        sizes = {each.value for c in alike if (each := paper.counted(c[0].place))}
        if len(subjects) > 1 and (len(sizes) != 1 or not alike[0][0].group):
            same = ", ".join(claim.printed for claim in alike[0])
            says = f"{alike[0][0].says} and {alike[1][0].says} have the same numbers: {same}."
            yield Finding("inconsistent", alike[1], says, alike[0])


def check_names_of_scales(paper: Paper) -> Iterator[Finding]:
    """One scale or criterion under different names; a name that only says less is the same."""
    named = defaultdict(list)
    for claim in paper.claims:
        if claim.kind == "text":
            named[claim.setting or ""].append(claim)
    for setting, claims in named.items():
        if len(claims) < 2:
            continue
        fullest = max((claim.printed for claim in claims), key=len)
        other = [claim for claim in claims if claim.printed.lower() not in fullest.lower()]
        what = setting.replace("_", " ").capitalize()
        if not other:
            yield Finding("sound", tuple(claims), f"{what}: {fullest}, if sometimes less fully.")
        else:
            printed = " and ".join(f"{claim.printed} ({claim.section})" for claim in claims)
            yield Finding("inconsistent", tuple(claims), f"{what} is said to be {printed}.")


def check_units(paper: Paper) -> Iterator[Finding]:
    """One endpoint, followed in patients here and in lesions there."""
    units = defaultdict(list)
    for claim in paper.select():
        if claim.endpoint and claim.kind in ("count", "rate", "median"):
            units[canonical_endpoint(paper, claim.endpoint)].append(claim)
    for endpoint, claims in units.items():
        said = {claim.unit: claim for claim in reversed(claims)}
        if len(said) < 2:
            continue
        usual = Counter(claim.unit for claim in claims).most_common(1)[0][0]
        wrong = tuple(claim for claim in claims if claim.unit != usual)
        words = " and ".join(
            f"{c.unit}s ({c.section}{f', {c.printed}' if c.kind == 'count' else ''})" for c in said.values()
        )
        says = f"{paper.declared.endpoints[endpoint].says} is followed in {words}."
        yield Finding("inconsistent", wrong, says, tuple(said[unit] for unit in said if unit == usual))


def check_classified_elsewhere(paper: Paper) -> Iterator[Finding]:
    """Groups of patients by what is only counted in lesions: how a patient with several is classified is not said."""
    groups = defaultdict(list)
    for claim in paper.select():
        factors = {factor for factor, _ in claim.group} | ({claim.factor} if claim.factor else set())
        for factor in factors:
            own = paper.declared.populations[paper.declared.factors[factor].of].unit
            if claim.endpoint and own != claim.unit:
                groups[factor].append(claim)
    for factor, claims in groups.items():
        declared = paper.declared.factors[factor]
        if any(paper.counted((claims[0].population, ((factor, level),))) for level in declared.levels):
            continue
        counted_in = paper.declared.populations[declared.of].says
        grouped = paper.declared.populations[claims[0].population].says
        says = f"{declared.says} is counted in {counted_in}, but used to group {grouped}: by which lesion is not said."
        yield Finding("ambiguous", tuple(claims), says)


def check_names_of_endpoints(paper: Paper) -> Iterator[Finding]:
    """One endpoint under two names."""
    for name, endpoint in paper.declared.endpoints.items():
        claims = tuple(claim for claim in paper.select() if claim.endpoint == name)
        others = tuple(claim for claim in paper.select() if claim.endpoint == endpoint.same_as)
        if endpoint.same_as and claims and others:
            other = paper.declared.endpoints[endpoint.same_as].says.lower()
            says = f"'{endpoint.says}' and '{other}' stand for the same numbers; only the second is defined."
            yield Finding("ambiguous", claims, says, others)


def check_announced(paper: Paper) -> Iterator[Finding]:
    """Numbers that are announced but not given."""
    for claim in paper.claims:
        if claim.kind != "text" and not claim.stated and claim.printed != NOT_REACHED:
            yield Finding("ambiguous", (claim,), f"{claim.says}: {claim.unclear or 'announced, not given'}.")


CHECKS = (
    check_restatements, check_repeated_rows, check_names_of_scales, check_units, check_classified_elsewhere,
    check_names_of_endpoints, check_announced,
)  # fmt: skip
