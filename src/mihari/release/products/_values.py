"""How one value is written: the same digits, units and times in every language."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from mihari.release.products._templates import term

__all__ = ["written"]

_TEN_KM: Final = 1.0e4


def written(value: Any, form: str, *, lang: str) -> str:
    """Return a value as text.

    Parameters
    ----------
    value : Any
        Of the facts; SI.
    form : str
        As templates name it: text, bilingual, utc, integer, length, ...; `term:TABLE` for words of a closed list.
    lang : str
    """
    if value is None or value == "":
        return ""
    if form.startswith("term:"):
        return term(
            form.removeprefix("term:"), str(value).lower() if isinstance(value, bool) else str(value), lang=lang
        )
    if form == "bilingual":
        return str(value.get(lang, "")) if isinstance(value, Mapping) else str(value)
    if form in _WORDS:
        return _WORDS[form](str(value), lang)
    if form == "utc":
        return _utc(str(value))
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    number = _NUMBERS.get(form)
    if number is None or isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return str(value)
    return number(value)


def _utc(text: str) -> str:
    day, _, clock = text.rstrip("Z").partition("T")
    whole, _, fraction = clock.partition(".")
    fraction = fraction.rstrip("0")[:3]
    return f"{day} {whole}{'.' + fraction if fraction else ''} UTC"


def _likelihood(value: str, lang: str) -> str:
    from mihari.model.space_event import LikelihoodTerm
    from mihari.policy.language import Language, likelihood_words

    return likelihood_words(LikelihoodTerm(value), lang=Language(lang))


def _kind(value: str, lang: str) -> str:
    from mihari.model.space_event import EventKind
    from mihari.policy.events import event_rule
    from mihari.policy.language import Language

    return event_rule(EventKind(value)).words[Language(lang)]


def _status(value: str, lang: str) -> str:
    from mihari.model.space_event import EventStatus
    from mihari.policy.events import status_words
    from mihari.policy.language import Language

    return status_words(EventStatus(value), lang=Language(lang))


def _length(value: float) -> str:
    return f"{value / 1e3:.1f} km" if abs(value) >= _TEN_KM else f"{value:.0f} m"


def _speed(value: float) -> str:
    return f"{value / 1e3:.3f} km/s" if abs(value) >= 1e3 else f"{value:.2f} m/s"


def _duration(value: float) -> str:
    minutes = round(value / 60.0)
    if minutes < 1:
        return f"{value:.0f} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _frequency(value: float) -> str:
    return f"{value / 1e9:.4f} GHz" if value >= 1e9 else f"{value / 1e6:.4f} MHz"


_WORDS: Final[Mapping[str, Callable[[str, str], str]]] = {"likelihood": _likelihood, "kind": _kind, "status": _status}
_NUMBERS: Final[Mapping[str, Callable[[float], str]]] = {
    "integer": lambda value: f"{value:.0f}",
    "plain": lambda value: f"{value:g}",
    "size": lambda value: f"{value:.2f} m",
    "length": _length,
    "speed": _speed,
    "duration": _duration,
    "minutes": lambda value: f"{value / 60.0:.2f} min",
    "frequency": _frequency,
    "probability": lambda value: f"{value:.1e}",
    "percent": lambda value: f"{100.0 * value:.0f} %",
    "degrees": lambda value: f"{value:.2f}°",
    "angle": lambda value: f"{math.degrees(value):.2f}°",
}
