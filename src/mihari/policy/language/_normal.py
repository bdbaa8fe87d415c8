"""Text as a reader would see it, whatever its letters are: the forms in which forbidden phrases are looked for.

Case, full-width letters, look-alike letters of other alphabets, accents, invisible characters, markup, hyphens and
spaced-out words hide a phrase from a search and not from a reader.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from itertools import product
from typing import Final

__all__ = ["english_forms", "japanese_form", "sentences"]

_LOOKALIKES: Final = str.maketrans(
    "аеорсхуіѕјԁһӏкмтвнгпαορνικτυεηµμʜɑɡıöøæ擊",
    "aeopcxyisjdhlkmtbhrnaopvikruehuuhagiooa撃",
)
_OLD_CASE: Final = str.maketrans({"ß": "ss"})
_TAG: Final = re.compile(r"<[/!?a-zA-Z][^<>]{0,200}>")
_JOINERS: Final = re.compile(r"[-‐‑‒–—―−﹣－_*~`'’ʼ\"“”/\\|·・.,^]+")
_HYPHENATED_LINE: Final = re.compile(r"[-‐‑­]\s*\n\s*")
_SPACED_OUT: Final = re.compile(r"\b(?:[a-z0-9] ){3,}[a-z0-9]\b")
_LEET: Final = str.maketrans("013457@$!", "oieastasi")
_LEET_WORD: Final = re.compile(r"\S*[a-z]\S*")
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_NO_LETTER: Final = re.compile(r"[\W_]+")
_END: Final = re.compile(
    r"(?<=[.!?])[\"'”’)\]]*\s+(?=[^a-z])|(?<=[。！？])|\n\s*\n|\n(?=\s*(?:[A-Z0-9•*#|]|[-–]\s|[^\x00-\x7f]))"
)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text; a line that goes on with a small letter belongs to the one before."""
    for each in _END.split(text):
        if each and each.strip():
            yield each


def english_forms(text: str) -> frozenset[str]:
    """Return the forms of a text in which English phrases are looked for: small letters, digits, single spaces."""
    plain = _HYPHENATED_LINE.sub("", html.unescape(text))
    plain = _unaccented(unicodedata.normalize("NFKC", plain)).casefold().translate(_LOOKALIKES).translate(_OLD_CASE)
    forms = set()
    for unseen, joiner in product(("", " "), repeat=2):
        joined = _TAG.sub(unseen, plain)
        joined = "".join(unseen if unicodedata.category(each) in _INVISIBLE else each for each in joined)
        joined = _JOINERS.sub(joiner, joined)
        for form in (joined, _LEET_WORD.sub(lambda word: word[0].translate(_LEET), joined)):
            words = _NO_WORD.sub(" ", form).strip()
            forms |= {words, _SPACED_OUT.sub(lambda run: run[0].replace(" ", ""), words)}
    return frozenset(forms)


def japanese_form(text: str) -> str:
    """Return the form in which Japanese phrases are looked for: letters and digits alone, as they follow each other."""
    plain = _TAG.sub("", unicodedata.normalize("NFKC", html.unescape(text)))
    plain = "".join(each for each in plain if unicodedata.category(each) not in _INVISIBLE)
    return _NO_LETTER.sub("", plain.casefold().translate(_JAPANESE_OLD))


def _unaccented(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", text) if unicodedata.category(each) != "Mn")


_INVISIBLE: Final = frozenset({"Cf", "Co", "Cn", "Mn", "Me"})
_JAPANESE_OLD: Final = str.maketrans("擊對敵條", "撃対敵条")
