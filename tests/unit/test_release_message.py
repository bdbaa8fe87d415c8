"""Conjunction messages for others, on the messages of Orekit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mihari.errors import FormatError
from mihari.formats.ccsds import MessageForm, conjunction_message, format_message, message_faults, parse_messages
from mihari.release.redaction import redact_conjunction_message


def coarser(matrix: np.ndarray, number: int | None) -> np.ndarray:
    return np.diag([1e6, 1e6, 1e6, 1.0, 1.0, 1.0])


@pytest.fixture
def message(shared_cases: Path):
    path = shared_cases / "ccsds" / "orekit" / "cdm" / "AlfanoTestCase03.cdm"
    return parse_messages(path.read_bytes(), name=path.name)


def test_what_is_not_listed_is_gone_and_the_rest_is_a_valid_message(message) -> None:
    made = redact_conjunction_message(message, degrade=coarser)
    text = format_message(made, form=MessageForm.KVN)
    assert not message_faults(parse_messages(text.encode(), name="x"))
    for word in ("COMMENT", "OBS_", "TRACKS", "TIME_LASTOB", "OPERATOR", "GRAVITY", "CDRG"):
        assert word not in text
    before, after = conjunction_message(message), conjunction_message(made)
    assert after.tca_tai_ns == before.tca_tai_ns
    for one, other in zip(before.objects, after.objects, strict=True):
        assert np.array_equal(one.position_m, other.position_m)
        assert np.array_equal(other.covariance_rtn, coarser(one.covariance_rtn, None))


def test_an_operator_of_one_of_them_gets_the_covariances_as_they_are(message) -> None:
    after = conjunction_message(redact_conjunction_message(message, degrade=None))
    for one, other in zip(conjunction_message(message).objects, after.objects, strict=True):
        assert np.array_equal(one.covariance_rtn, other.covariance_rtn)


def test_another_message_is_refused(message) -> None:
    text = b"CCSDS_OPM_VERS = 2.0\nCREATION_DATE = 2026-01-01T00:00:00\nORIGINATOR = X\n"
    with pytest.raises(FormatError, match="no CDM"):
        redact_conjunction_message(parse_messages(text, name="x"), degrade=None)
