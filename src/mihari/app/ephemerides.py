"""Operators' ephemerides from files: which object each is of, whose data mode it has, and screening them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mihari.app.answers import check_primaries, check_span
from mihari.app.catalogue import Catalogue
from mihari.app.labels import Operators, labelled_screening, nobody_knows
from mihari.app.moment import Moment, moment_tai_ns
from mihari.astro.earth import EarthOrientation
from mihari.compute import Executor
from mihari.errors import FormatError, MihariError, UsageError
from mihari.formats.ccsds import MessageKind, ephemeris, load_bytes, parse_messages
from mihari.ids import MAX_NORAD_CAT_ID, SIMULATED_NAME_END, SIMULATED_NORAD_FROM, check_norad_cat_id
from mihari.model.conjunction import ScreeningResult
from mihari.model.ephemeris import Ephemeris, EphemerisSegment
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode

if TYPE_CHECKING:
    from mihari.conjunction.screening import OperatorEphemeris, Volume

__all__ = ["GivenEphemeris", "prepare_all", "read_ephemerides", "screen_given", "start_of"]

_FIRST_OWN_NUMBER: Final = MAX_NORAD_CAT_ID
"""Objects without a catalogue number are numbered from here downwards."""
_ANY_TIME_TAI_NS: Final = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GivenEphemeris:
    """One object's part of a file.

    Attributes
    ----------
    label : str
        The file's name, with the object where a file has several.
    number : int, optional
        As the user gives it: ID=FILE.
    message : Ephemeris
    segments : tuple of EphemerisSegment
    """

    label: str
    number: int | None
    message: Ephemeris
    segments: tuple[EphemerisSegment, ...]


def read_ephemerides(given: Sequence[str | Path], *, option: str = "--ephemeris") -> list[GivenEphemeris]:
    """Read OEMs and OCMs, alone or several in one file.

    Parameters
    ----------
    given : sequence of str or Path
        FILE, - for standard input, or ID=FILE where the message does not give the catalogue number.

    Raises
    ------
    InputError
        There is no such file.
    FormatError
        It holds no ephemeris, or one that cannot be read; names file and line.
    UsageError
        ID is no catalogue number, or the file has several objects.
    """
    found: list[GivenEphemeris] = []
    for each in given:
        number, path = _parted(str(each), option)
        found += _read(path, number, option)
    labels: dict[str, int] = {}
    unique = []
    for one in found:
        labels[one.label] = labels.get(one.label, 0) + 1
        repeated = labels[one.label]
        label = one.label if repeated == 1 else f"{one.label} #{repeated}"
        unique.append(GivenEphemeris(label=label, number=one.number, message=one.message, segments=one.segments))
    return unique


def _parted(text: str, option: str) -> tuple[int | None, str]:
    head, equals, path = text.partition("=")
    if not equals or not head.isascii() or not head.isdigit() or Path(text).exists():
        return None, text
    try:
        return check_norad_cat_id(int(head)), path
    except MihariError as error:
        raise UsageError(error.what, where=option, remedy=error.remedy) from error


def _read(path: str, number: int | None, option: str) -> Iterator[GivenEphemeris]:
    whole = parse_messages(load_bytes(path), name=path)
    name = path if path == "-" else Path(path).name
    parts: list[tuple[Ephemeris, tuple[EphemerisSegment, ...]]] = []
    for part in whole.messages():
        if part.kind not in (MessageKind.OEM, MessageKind.OCM):
            raise FormatError(f"is a CCSDS {part.kind.value}, no ephemeris", where=path, remedy="give an OEM or OCM")
        message = ephemeris(part, name=path)
        by_object: dict[tuple[str, str], list[EphemerisSegment]] = {}
        for segment in message.segments:
            by_object.setdefault((segment.object_id, segment.object_name), []).append(segment)
        parts += [(message, tuple(segments)) for segments in by_object.values()]
    if not parts:
        raise FormatError("holds no ephemeris", where=path, remedy="give an OEM or OCM")
    if number is not None and len({(s[0].object_id, s[0].object_name) for _, s in parts}) > 1:
        raise UsageError(f"{path} has several objects", where=option, remedy="give one number to one object")
    for message, segments in parts:
        label = name if len(parts) == 1 else f"{name} ({segments[0].object_id or segments[0].object_name})"
        yield GivenEphemeris(label=label, number=number, message=message, segments=segments)


def prepare_all(
    given: Sequence[GivenEphemeris],
    *,
    catalogue: Catalogue | None,
    mode: DataMode | None,
    orientation: EarthOrientation,
) -> tuple[list[OperatorEphemeris], DataMode]:
    """Give every ephemeris its catalogue number and make it ready; return them with their one data mode.

    The number is the user's, else that of the message, else that of the catalogue's object of that designator, else one
    of this node's own, which count down from 999,999,999. An ephemeris of the simulated world is marked like its
    element set, by number and name; others are what `mode` says, or REAL.

    Raises
    ------
    UsageError
        The data modes of ephemerides and catalogue are not one.
    FormatError, DataGapError
        As `prepare_ephemeris`.
    """
    from mihari.conjunction.screening import prepare_ephemeris

    designators, taken = ({}, set()) if catalogue is None else _designators(catalogue)
    own = _OwnNumbers(taken)
    ready, modes = [], []
    for each in given:
        number, source = _number(each, designators, own)
        name = each.segments[0].object_name
        marked = number >= SIMULATED_NORAD_FROM and name.strip().endswith(SIMULATED_NAME_END)
        modes.append(DataMode.SIMULATED if marked else mode or DataMode.REAL)
        ready.append(
            prepare_ephemeris(
                each.message,
                each.segments,
                norad_cat_id=number,
                number_source=source,
                label=each.label,
                orientation=orientation,
            )
        )
    for each, own_mode in zip(given, modes, strict=True):
        others = mode or (modes[0] if catalogue is None else catalogue.data_mode)
        if own_mode is not others:
            what = "asked for" if mode is not None else "the catalogue" if catalogue is not None else given[0].label
            raise UsageError(
                f"the ephemeris is {own_mode.value}, {what} {others.value}: they are never mixed",
                where=each.label,
                remedy="say --mode if the ephemeris is of that world, or leave the other out",
            )
    return ready, modes[0]


class _OwnNumbers:
    """Numbers that count down and pass over those in use; the same object gets the same again."""

    def __init__(self, taken: Container[int]) -> None:
        self._taken = taken
        self._given: dict[tuple[str, str], int] = {}
        self._next = _FIRST_OWN_NUMBER

    def of(self, key: tuple[str, str]) -> int:
        """Return the number of an object."""
        if key not in self._given:
            while self._next in self._taken:
                self._next -= 1
            self._given[key] = self._next
            self._next -= 1
        return self._given[key]


def _designators(catalogue: Catalogue) -> tuple[dict[str, set[int]], set[int]]:
    """Return the catalogue numbers of international designators, and all numbers."""
    found: dict[str, set[int]] = {}
    taken: set[int] = set()
    for frame in (catalogue.sets_at(_ANY_TIME_TAI_NS).frame, catalogue.objects().frame):
        taken |= set(frame["norad_cat_id"].to_list())
        for number, designator in frame.select("norad_cat_id", "object_id").drop_nulls().iter_rows():
            found.setdefault(_plain(designator), set()).add(number)
    return found, taken


def _plain(designator: str) -> str:
    return designator.strip().upper().replace("-", "").replace(" ", "")


def _number(each: GivenEphemeris, designators: Mapping[str, set[int]], own: _OwnNumbers) -> tuple[int, str]:
    if each.number is not None:
        return each.number, "given by the user"
    text = each.segments[0].object_id.strip()
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_NORAD_CAT_ID:
        return int(text), "OBJECT_ID of the message"
    known = designators.get(_plain(text), set()) if text else set()
    if len(known) == 1:
        return next(iter(known)), f"the catalogue's object {text}"
    # Without any name each ephemeris is an object of its own.
    key = (text, "") if text else (each.segments[0].object_name.strip() or each.label, each.label)
    why = f"several objects {text} in the catalogue" if known else "no catalogue number is known"
    return own.of(key), f"this node's own: {why}"


def start_of(ready: Sequence[OperatorEphemeris], start: str | int | None, *, now_tai_ns: int, option: str) -> Moment:
    """Choose a window's start: the one given; now, where an ephemeris holds; else where the first begins."""
    if start is not None:
        return Moment(moment_tai_ns(start, option=option), "as asked")
    if any(each.span_at(now_tai_ns) is not None for each in ready):
        return Moment(now_tai_ns, "now: within an ephemeris")
    return Moment(min(each.spans[0].start_tai_ns for each in ready), "where the first ephemeris begins")


def screen_given(
    given: Sequence[str | Path],
    *,
    catalogue: Catalogue | None,
    start: str | int | None,
    span_s: float,
    volume: Volume,
    executor: Executor,
    orientation: EarthOrientation,
    now_tai_ns: int,
    mode: DataMode | None = None,
    primaries: Sequence[int] | None = None,
    same_number: bool = False,
    max_age_s: float | None = None,
    progress: Callable[[float], None] | None = None,
    operators: Operators = nobody_knows,
) -> tuple[ScreeningResult, Moment, ElementSets]:
    """Screen ephemerides against a catalogue and each other; see `screen_ephemerides`.

    Returns
    -------
    ScreeningResult, Moment, ElementSets
        The answer, its start and why, and the element sets that it is against.

    Raises
    ------
    InputError
        A file, an option or the window cannot be used.
    """
    from mihari.conjunction.screening import screen_ephemerides

    check_span(span_s)
    ready, data_mode = prepare_all(read_ephemerides(given), catalogue=catalogue, mode=mode, orientation=orientation)
    moment = start_of(ready, start, now_tai_ns=now_tai_ns, option="--start")
    sets = None if catalogue is None else catalogue.sets_at(moment.at_tai_ns)
    if primaries is not None:
        check_primaries(primaries, sets or ElementSets.empty(), at_tai_ns=moment.at_tai_ns)
    result = screen_ephemerides(
        ready,
        start_tai_ns=moment.at_tai_ns,
        end_tai_ns=moment.at_tai_ns + round(span_s * 1e9),
        volume=volume,
        executor=executor,
        data_mode=data_mode,
        sets=sets,
        primaries=primaries or (),
        same_number=same_number,
        max_age_s=max_age_s,
        progress=progress,
    )
    given_sets = sets or ElementSets.empty()
    return labelled_screening(result, given_sets, operators=operators), moment, given_sets
