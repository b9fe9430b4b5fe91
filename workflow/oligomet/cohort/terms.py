"""Words as the codes of a vocabulary: a pattern stands for the whole meaning of a cell, and never for its opposite."""

from __future__ import annotations

import re
from collections.abc import Callable


class UnknownTerm(ValueError):
    """No pattern is this cell, or patterns of several codes are."""


def term_reader(vocabulary: str, codes: dict[str, list[str]], denials: list[str]) -> Callable[[str], str]:
    """A function that gives the code of a text.

    A pattern must match the whole text, whatever its case. Where the text denies or doubts something (`denials`: no,
    without, excluded, a question mark), only a pattern that says the same word counts: `relapse( .*)?` is not `relapse
    excluded`, and `no (evidence of )?disease` is `no evidence of disease`.

    Parameters
    ----------
    vocabulary
        Its name under `terms`, for the reasons.
    codes
        Code -> its patterns, regular expressions.
    denials
        `parsing.denials`.
    """
    patterns = {code: [re.compile(pattern, re.IGNORECASE) for pattern in listed] for code, listed in codes.items()}
    denying = [_as_word(word) for word in denials]

    def read(text: str) -> str:
        if text in codes:
            return text
        said = [word for word in denying if word.search(text)]
        fits = {code: [pattern for pattern in listed if pattern.fullmatch(text)] for code, listed in patterns.items()}
        meant = [code for code, listed in fits.items() if any(_says(pattern.pattern, said) for pattern in listed)]
        if len(meant) == 1:
            return meant[0]
        if meant:
            raise UnknownTerm(f"patterns of {' and '.join(meant)} under terms.{vocabulary} are both this")
        if said and any(fits.values()):
            raise UnknownTerm(f"it denies or doubts what a pattern under terms.{vocabulary} says (parsing.denials)")
        raise UnknownTerm(f"no pattern under terms.{vocabulary} is this")

    return read


def _says(pattern: str, denials: list[re.Pattern]) -> bool:
    """Whether a pattern itself has each of the words; an escaped sign is that sign, a bare one is none."""
    text = re.sub(r"\\[A-Za-z0-9]", " ", pattern)  # \b and its like are no letters
    text = re.sub(r"\\(.)|\[(\?)\]|[?]", lambda sign: sign[1] or sign[2] or "", text)
    return all(word.search(text) for word in denials)


def _as_word(word: str) -> re.Pattern:
    before = r"(?<![^\W\d_])" if word[0].isascii() and word[0].isalpha() else ""
    after = r"(?![^\W\d_])" if word[-1].isascii() and word[-1].isalpha() else ""
    return re.compile(before + re.escape(word) + after, re.IGNORECASE)
