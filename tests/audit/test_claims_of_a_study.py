"""Claims about a study that has a study.yaml: its factors and endpoints are declared there, and only there."""

from pathlib import Path

import pytest
import yaml

from oligomet.audit.claim_verdicts import judge
from oligomet.audit.claims_reader import parse_claims, read_claims
from oligomet.audit.consistency import run_checks
from oligomet.declarations import ConfigurationError
from oligomet.study import Study, read_study

PUMCH = Path(__file__).parents[2] / "studies" / "pumch2022"
CLAIMS = PUMCH / "published" / "claims.yaml"


@pytest.fixture(scope="module")
def study():
    return read_study(PUMCH / "study.yaml")


def edited(**factors) -> Study:
    """The study with other factors; None: without it."""
    raw = yaml.safe_load((PUMCH / "study.yaml").read_text(encoding="utf-8"))
    raw["factors"] |= factors
    return Study.model_validate(raw)


def small(**more) -> dict:
    return {
        "paper": "small", "title": "Small", "citation": "Nobody",
        "populations": {"patients": {"says": "patients", "unit": "patient"}},
        "claims": {"text": [{"row": "1", "of": {"age": "< 60"}, "count": "91"}]},
        **more,
    }  # fmt: skip


def test_factors_and_endpoints_are_those_of_the_study(study):
    declared = parse_claims(small(variables={"years": {"says": "Age", "of": "patients", "answer": "age_years"}}),
                            study=study).declared  # fmt: skip
    age = declared.factors["age"]
    assert (age.says, age.of, age.variable) == ("Age (years)", "patients", "years")
    assert {name: (level.below, level.at_least) for name, level in age.levels.items()} == {
        "< 60": (60, None),
        "≥ 60": (None, 60),
    }
    assert declared.factors["histology"].top_levels == study.factors["histology"].levels
    assert declared.factors["lesion_groups"].levels["2"].at_most == 2
    assert declared.endpoints["OS"].events == ["death"]
    assert "site" not in declared.factors  # of lesions, of which this paper has no population
    assert "LRFS_lesion" not in declared.endpoints


def test_what_the_paper_says_otherwise_stands(study):
    own = {
        "factors": {"age": {"says": "Years", "levels": {"≥ 60": {"at_most": "79"}}}},
        "endpoints": {"PFS": {"events": ["lesion_progression"]}, "LC": {"says": "Local control", "same_as": "LRFS"}},
    }
    declared = parse_claims(small(**own), study=study).declared
    age = declared.factors["age"]
    assert (age.says, age.levels["≥ 60"].at_least, age.levels["≥ 60"].at_most) == ("Years", 60, 79)
    assert declared.endpoints["PFS"].says == study.endpoints["PFS"].label
    assert declared.endpoints["PFS"].events == ["lesion_progression"]
    assert declared.endpoints["LC"].answer == "LRFS"
    assert declared.endpoints["LC"].events == study.endpoints["LRFS"].events


def test_a_paper_alone_declares_its_own():
    with pytest.raises(ConfigurationError, match=r"claims\.text\.0\.of: age is not one of the factors"):
        parse_claims(small())


def test_mistakes_beside_a_study_are_told_in_words(study):
    wrong = small(factors={"age": {"lable": "Age"}, "kps": "KPS"}, populations=["patients"])
    with pytest.raises(ConfigurationError) as problems:
        parse_claims(wrong, "my.yaml", study)
    for place in ("factors.kps", "populations"):
        assert f"my.yaml: {place}: should have 'name: value' lines" in str(problems.value)
    with pytest.raises(ConfigurationError, match=r"claims\.text\.0\.of: moon is not one of the factors"):
        parse_claims(small(claims={"text": [{"row": "1", "of": {"moon": "new"}, "count": "1"}]}), study=study)


def test_the_published_claims_name_what_is_declared(study):
    factors = read_claims(CLAIMS, study).declared.factors
    for name, factor in study.factors.items():
        assert set(factors[name].levels) - {"Unknown"} == set(factor.groups), name


def test_a_cut_point_that_is_no_longer_the_papers_leaves_the_claims_unanswered(study):
    changed = edited(gtv={"label": "GTV diameter (cm)", "variable": "gtv_diameter_cm",
                          "groups": {"< 2.5": {"below": 2.5}, "≥ 2.5": {"at_least": 2.5}}})  # fmt: skip
    published, now = read_claims(CLAIMS, study), read_claims(CLAIMS, changed)
    assert [claim.id for claim in now.claims] == [claim.id for claim in published.claims]
    assert list(now.declared.factors["gtv"].levels) == ["< 3", "≥ 3", "Unknown"]
    findings = run_checks(now)
    assert set(findings["says"]) == set(run_checks(published)["says"])  # what the paper says of itself is the same
    verdicts = judge(now, findings).set_index("id")["verdict"]
    assert verdicts["table-2.23.gtv-lt-3.count"] == "needs data"
