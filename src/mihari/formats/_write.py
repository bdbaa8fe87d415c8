"""Element sets to files: OMM in its four encodings, TLE, Parquet."""

from __future__ import annotations

import io
from enum import Enum
from pathlib import Path

from mihari.formats._atomic import write_atomically
from mihari.formats._omm_write import omm_csv, omm_json, omm_keyword_frame, omm_kvn, omm_xml
from mihari.formats._tle_write import tle_text
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets

__all__ = ["ElementSetFormat", "format_element_sets", "write_element_sets"]


class ElementSetFormat(Enum):
    """The forms in which element sets leave. All but `TLE` carry every digit and catalogue numbers of nine digits."""

    OMM_JSON = "omm-json"
    OMM_CSV = "omm-csv"
    OMM_XML = "omm-xml"
    OMM_KVN = "omm-kvn"
    TLE = "tle"
    PARQUET = "parquet"
    PARQUET_OMM = "parquet-omm"


def format_element_sets(sets: ElementSets, *, format: ElementSetFormat) -> bytes:  # noqa: A002 - the word fits
    """Return element sets as the content of a file.

    Numbers are written with the fewest digits that read back as the same float64. `TLE` alone rounds, to the digits
    it has; `PARQUET` holds the columns of `ELEMENT_SET_SCHEMA`, `PARQUET_OMM` those of OMM.

    Raises
    ------
    InputError
        A set does not fit the form: as a TLE, a catalogue number above 339,999 or a year outside 1957 to 2056;
        control characters in a text.
    """
    if format is ElementSetFormat.TLE:
        return tle_text(sets).encode()
    if format is ElementSetFormat.OMM_JSON:
        return omm_json(sets).encode()
    if format is ElementSetFormat.OMM_CSV:
        return omm_csv(sets).encode()
    if format is ElementSetFormat.OMM_XML:
        return omm_xml(sets).encode()
    if format is ElementSetFormat.OMM_KVN:
        return omm_kvn(sets).encode()
    stream = io.BytesIO()
    own = format is ElementSetFormat.PARQUET
    frame = sets.frame.select(*ELEMENT_SET_SCHEMA) if own else omm_keyword_frame(sets)
    frame.write_parquet(stream)
    return stream.getvalue()


def write_element_sets(sets: ElementSets, path: Path | str, *, format: ElementSetFormat) -> None:  # noqa: A002
    """Write element sets to a file, whole or not at all; see `format_element_sets`.

    Raises
    ------
    InputError
        A set does not fit the form, or the file cannot be written. What was there stays.
    """
    write_atomically(path, format_element_sets(sets, format=format))
