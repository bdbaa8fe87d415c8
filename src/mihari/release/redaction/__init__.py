"""What leaves the node: fields by allow-list, covariances made coarser, and who may be told at all."""

from __future__ import annotations

from mihari.release.redaction._admission import Admission, admit
from mihari.release.redaction._allow import AllowList, AudienceClass, allow_list, field_paths, redact
from mihari.release.redaction._covariance import SharedCovariance, degrade_covariance
from mihari.release.redaction._message import redact_conjunction_message

__all__ = [
    "Admission",
    "AllowList",
    "AudienceClass",
    "SharedCovariance",
    "admit",
    "allow_list",
    "degrade_covariance",
    "field_paths",
    "redact",
    "redact_conjunction_message",
]
