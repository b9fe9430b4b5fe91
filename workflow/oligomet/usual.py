"""What a study has that does not say otherwise: files and headings by role, words by language, sites."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from oligomet.schemas import ALL_SOURCES, OPTIONAL, SOURCES

FOLDER = Path(__file__).with_suffix("")
LANGUAGES = tuple(sorted(file.stem for file in FOLDER.glob("??.yaml")))

# Which columns identify a row of a role.
KEYS = {
    "patients": ["patient_id"],
    "therapies": ["patient_id", "drug", "start_date"],
    "surgeries": ["patient_id", "date"],
    "lesions": ["patient_id", "lesion_number"],
    "plans": ["patient_id", "lesion_number", "start_date"],
    "measurements": ["patient_id", "lesion_number", "date", "modality"],
    "follow_up": ["patient_id", "date"],
    "toxicities": ["patient_id", "toxicity", "onset_date"],
    "image_features": ["patient_id", "lesion_number"],
}


@cache
def _shipped(name: str) -> dict[str, Any]:
    return yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)


def usual_denials() -> list[str]:
    """The words and signs, of all languages, that deny or doubt what stands beside them."""
    return [word for words in _shipped("denials").values() for word in words]


def complete(raw: Any) -> Any:
    """Raw declarations with what is usual where they say nothing; what is not of its shape is left as it is.

    A role without a source is <role>.csv; a source without columns has the headings of the data dictionary. `terms`
    may name languages, alone or under `include`, whose words are joined to the study's own; a vocabulary that is a list
    takes these codes of the languages and no others. `sites` that are not declared are the usual ones of the words.
    """
    if not isinstance(raw, dict):
        return raw
    raw = dict(raw)
    sources = raw.get("sources", {})
    if isinstance(sources, dict):
        there = [*SOURCES, *(role for role in OPTIONAL if role in sources)]
        raw["sources"] = {role: _source(role, sources.get(role, f"{role}.csv")) for role in there} | {
            role: source for role, source in sources.items() if role not in there
        }
    included = languages(raw)
    terms = raw.get("terms", {})
    own = {name: codes for name, codes in terms.items() if name != "include"} if isinstance(terms, dict) else {}
    if isinstance(terms, list) or (isinstance(terms, dict) and included):
        sites = raw.get("sites")
        if isinstance(sites, dict) and "site" not in own:
            own["site"] = list(sites)
        raw["terms"] = _joined(own, included)
        raw["parsing"] = _words(raw.get("parsing", {}), included)
        raw.setdefault(
            "sites", {code: site for code, site in _shipped("sites").items() if code in raw["terms"]["site"]}
        )
    return raw


def languages(raw: dict) -> list[str]:
    """The languages that `terms` names and that there are."""
    terms = raw.get("terms")
    named = terms.get("include") if isinstance(terms, dict) else terms
    return [name for name in named if name in LANGUAGES] if isinstance(named, list) else []


def unknown_languages(raw: Any) -> list[str]:
    """The languages that `terms` names and that there are not."""
    terms = raw.get("terms") if isinstance(raw, dict) else None
    named = terms.get("include") if isinstance(terms, dict) else terms
    return [str(name) for name in named if name not in LANGUAGES] if isinstance(named, list) else []


def _source(role: str, source: Any) -> Any:
    source = {"file": source} if isinstance(source, str) and source != "not collected" else source
    if not isinstance(source, dict):
        return source
    headings = {} if "rows" in source or "files" in source else {"columns": {name: name for name in ALL_SOURCES[role]}}
    return {"key": KEYS[role], **headings, **source}


def _joined(own: dict[str, Any], included: list[str]) -> dict[str, Any]:
    shipped = [_shipped(language)["terms"] for language in included]
    joined = {}
    for vocabulary in dict.fromkeys(name for terms in (*shipped, own) for name in terms):
        mine = own.get(vocabulary, {})
        if not isinstance(mine, dict | list):
            joined[vocabulary] = mine
            continue
        theirs = [terms.get(vocabulary, {}) for terms in shipped]
        codes = mine if isinstance(mine, list) else dict.fromkeys(code for part in (*theirs, mine) for code in part)
        patterns = {
            code: [part.get(code, []) for part in (*theirs, dict(mine) if isinstance(mine, dict) else {})]
            for code in codes
        }
        joined[vocabulary] = {
            code: [pattern for part in parts for pattern in part]
            if all(isinstance(part, list) for part in parts)
            else parts[-1]
            for code, parts in patterns.items()
        }
    return joined


def _words(parsing: Any, included: list[str]) -> Any:
    """The words for yes, no and nothing, of the languages, where `parsing` does not have its own."""
    if not isinstance(parsing, dict):
        return parsing
    usual = {"true_words": ["1", "+", "yes"], "false_words": ["0", "no"], "missing": ["", "-", "NA", "N/A"]}
    for name, always in usual.items():
        if name not in parsing:
            spoken = [word for language in included for word in _shipped(language)[name]]
            parsing = {**parsing, name: list(dict.fromkeys([*always, *spoken]))}
    return parsing
