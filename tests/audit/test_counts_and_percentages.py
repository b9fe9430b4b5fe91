import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_of import DECLARED, found, paper, text, verdicts

from oligomet.audit.checks.percentages import counts_behind, denominators, percentage_holds, swapped_digits
from oligomet.audit.checks.sums_and_subsets import overlap
from oligomet.audit.checks.variable_classes import total_of_classes
from oligomet.audit.claims_reader import parse_claims
from oligomet.audit.printed import as_printed

ARMS = ({"of": {"arm": "A"}, "count": 67}, {"of": {"arm": "B"}, "count": 75})


def test_levels_that_add_up_are_sound():
    assert verdicts(paper({"of": "patients", "count": 142}, *ARMS), "sums") == ["sound"]


def test_levels_that_do_not():
    too_many = found(paper({"of": "patients", "count": 140}, *ARMS), "sums").iloc[0]
    assert (too_many["severity"], too_many["size"]) == ("impossible", 2)
    missing = found(paper({"of": "patients", "count": 150}, *ARMS), "sums").iloc[0]
    assert (missing["severity"], missing["size"]) == ("inconsistent", 8)


def test_another_denominator_is_tried():
    claims = paper(
        {"of": "lesions", "count": 189},
        {"of": "evaluable", "count": 179},
        {"of": {"response": "CR"}, "in": "lesions", "count": 22, "percentage": 12.3},
    )
    (finding,) = found(claims, "percentages").to_dict("records")
    assert finding["severity"] == "inconsistent"
    assert finding["repair"].startswith("out of the 179 evaluable lesions")


def test_parts_of_a_level_are_held_against_the_level():
    histology = {"epithelial": 132, "serous": 101, "clear cell": 31, "other": 10}
    claims = paper({"of": "patients", "count": 142}, {"of": "patients", "by": "histology", "count": histology})
    assert verdicts(claims, "sums") == ["sound", "sound"]
    histology["serous"] = 100
    claims = paper({"of": "patients", "count": 142}, {"of": "patients", "by": "histology", "count": histology})
    assert sorted(verdicts(claims, "sums")) == ["inconsistent", "sound"]


def test_digits_that_were_swapped():
    assert "71.13" in swapped_digits("71.31")
    claims = paper({"of": "patients", "count": 142}, {"of": {"arm": "A"}, "count": 101, "percentage": 71.31})
    assert "two digits swapped: 71.13%" in found(claims, "percentages")["repair"].iloc[0]


def test_a_percentage_without_its_count_still_needs_one():
    claims = paper({"of": "evaluable", "count": 16}, {"of": {"objective": "yes"}, "percentage": 34.1})
    (alone,) = found(claims, "percentages").to_dict("records")
    assert alone["severity"] == "inconsistent"  # GRIM: 5 of 16 is 31.25 %, 6 is 37.5 %; of how many is a reading
    sizes = {"of": "evaluable", "count": 16}, {"of": "lesions", "count": 41}
    others = paper(*sizes, {"of": {"objective": "yes"}, "percentage": 34.1})
    assert found(others, "percentages")["repair"].tolist() == ["out of the 41 lesions"]  # 14 of them


def test_a_share_that_was_rounded_to_fill_its_column_is_a_slip():
    printed = {"CR": 45, "PR": 4, "SD": 45, "PD": 6}
    shares = [{"of": {"response": level}, "percentage": share} for level, share in printed.items()]
    claims = paper({"of": "evaluable", "count": 76}, *shares)
    (slip,) = found(claims, "percentages").query("severity != 'sound'").to_dict("records")  # 34 + 3 + 34 leave 5
    assert (slip["severity"], slip["says"]) == ("slip", "5 of 76, whom the other shares leave, is 6.58%, not 6%.")


@pytest.mark.parametrize(
    ("count", "printed", "verdict"), [(23, 18, "slip"), (4, "3.1", "slip"), (23, 19, "impossible"), (23, 17, "sound")]
)
def test_what_is_rounded_the_wrong_way_is_a_slip(count, printed, verdict):
    claims = paper({"of": "patients", "count": 132}, {"of": {"arm": "A"}, "count": count, "percentage": printed})
    assert verdicts(claims, "percentages") == [verdict]  # 17.42 %; 3.03 %


@pytest.mark.parametrize("of", [{"arm": "A", "age": "< 60"}, {"age": "< 60", "arm": "A"}])
def test_a_percentage_in_an_arm_may_be_of_the_arm_or_of_the_group_whatever_their_names(of):
    sizes = [{"of": {"arm": "A"}, "count": 50}, {"of": {"age": "< 60"}, "count": 40}]
    for printed, verdict in ((40, "sound"), (50, "sound"), (45, "impossible")):
        claims = paper(*sizes, {"of": of, "count": 20, "percentage": printed})
        assert verdicts(claims, "percentages") == [verdict]


def test_shares_of_two_arms_are_no_column():
    shares = [{"of": {"arm": arm, "toxicity": "any"}, "percentage": p} for arm, p in (("A", 3.2), ("B", 4.4))]
    assert verdicts(paper(*shares), "columns") == []


def test_levels_that_need_not_hold_everybody_need_not_cover():
    illnesses = {"says": "Illness", "of": "patients", "overlapping": "true", "levels": {"heart": {}, "lung": {}}}
    entries = [{"of": "patients", "count": 142}, {"of": "patients", "by": "illness", "count": {"heart": 20, "lung": 9}}]

    def with_illnesses(**more):
        factors = {**DECLARED["factors"], "illness": {**illnesses, **more}}
        claims = {"text": [text({"row": n, **entry}) for n, entry in enumerate(entries)]}
        return parse_claims({**DECLARED, "factors": factors, "claims": claims})

    assert verdicts(with_illnesses(), "overlaps") == ["impossible"]
    assert verdicts(with_illnesses(partial="true"), "overlaps") == ["sound"]
    entries[1]["count"]["lung"] = 143
    assert verdicts(with_illnesses(partial="true"), "overlaps") == ["impossible"]


def test_overlap_is_forced_by_the_counts():
    claims = paper(
        {"of": "patients", "count": 142},
        {"of": {"toxicity": "none"}, "count": 98},
        {"of": {"phase": "acute"}, "count": 25},
        {"of": {"phase": "late"}, "count": 20},
    )
    (finding,) = found(claims, "overlaps").to_dict("records")
    assert finding["severity"] == "sound"
    assert "25 + 20 = 45 for 44 patients, Toxicity: any: 1 in more than one" in finding["says"]
    claims = paper(
        {"of": "patients", "count": 142}, {"of": {"toxicity": "none"}, "count": 90},
        {"of": {"phase": "acute"}, "count": 25}, {"of": {"phase": "late"}, "count": 20},
    )  # fmt: skip
    assert verdicts(claims, "overlaps") == ["impossible"]  # 52 with toxicity, and 45 in the two phases


def test_patients_by_number_of_lesions_bound_the_lesions():
    patients = {"of": "patients", "by": "count", "count": {"1": 67, "2": 51, "3-5": 24}}
    assert verdicts(paper(patients, {"of": "lesions", "count": 250}), "class_totals") == ["sound"]
    few = found(paper(patients, {"of": "lesions", "count": 189}), "class_totals").iloc[0]
    assert (few["severity"], few["size"]) == ("inconsistent", 52)
    assert few["repair"].startswith("189 lesions as a selection")
    assert verdicts(paper(patients, {"of": "lesions", "count": 300}), "class_totals") == ["impossible"]


def test_labels_swapped_between_ordered_variables():
    since = {"of": "patients", "by": "since", "count": {"< 6": 35, "≥ 6": 107}}
    wrong = found(
        paper(since, {"of": "patients", "by": "interval", "count": {"≥ 6": 20, "< 6": 122}}), "ordered_variables"
    )
    assert wrong["repair"].tolist() == ["the labels of the two groups swapped"]
    assert wrong["size"].tolist() == [87]
    right = paper(since, {"of": "patients", "by": "interval", "count": {"≥ 6": 122, "< 6": 20}})
    assert verdicts(right, "ordered_variables") == ["sound"]


def test_patients_cannot_outnumber_their_lesions():
    claims = paper({"of": {"age": "< 60"}, "count": 50}, {"of": {"age": "< 60"}, "in": "lesions", "count": 44})
    assert verdicts(claims, "subsets") == ["impossible"]


@given(st.integers(1, 500), st.data(), st.integers(0, 2))
def test_a_true_percentage_is_never_refused(total, data, decimals):
    count = data.draw(st.integers(0, total))
    printed = as_printed(100 * count / total, decimals)
    assert percentage_holds(printed, count, total)
    assert count in counts_behind(printed, total)
    assert total in denominators([(count, printed)])


@given(st.lists(st.sets(st.integers(0, 30)), min_size=2, max_size=4))
def test_overlap_holds_what_sets_have_in_common(parts):
    whole = set().union(*parts)
    if whole:
        common = sum(1 for each in whole if sum(each in part for part in parts) > 1)
        assert overlap([len(part) for part in parts], len(whole)).holds(common)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=50))
def test_classes_bound_the_total(values):
    classes = [(sum(low <= v <= high for v in values), low, high) for low, high in ((1, 1), (2, 2), (3, 5))]
    assert total_of_classes(classes).holds(sum(values))


@pytest.mark.parametrize(("printed", "total"), [("12.3", 179), ("22", 9)])
def test_counts_behind_a_percentage(printed, total):
    assert [
        as_printed(100 * count / total, len(printed) - 3 if "." in printed else 0)
        for count in counts_behind(printed, total)
    ]
