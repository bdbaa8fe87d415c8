"""A bundle: one file or body of lines that a node signed for one other node.

The first line is a header with its signatures; then come the headers of earlier hops, then one line for each record.
The header binds the rest by digest and the records by a Merkle root, numbers the bundle in the sequence from this
sender to this receiver, and names the bundle before it. Nothing is compressed, so nothing can swell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from mihari.astro.time import format_utc, parse_utc
from mihari.errors import FormatError, InputError
from mihari.model.provenance import DataMode
from mihari.release.audit import GENESIS, tree_root
from mihari.release.exchange._item import Item, item_line
from mihari.release.signing import Context, SigningKey, canonical_bytes, parsed_document, sign

__all__ = ["Bundle", "BundleLimits", "Header", "SignedHeader", "make_bundle", "open_bundle", "read_header"]

_FORM: Final = "mihari-bundle-1"
_FIELDS: Final = frozenset(
    (
        "form from_node from_party to_node to_party sequence previous written_utc data_mode records records_root hops "
        "body_bytes body_sha256 audit_root"
    ).split()
)
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleLimits:
    """What a node reads of a bundle at most."""

    bytes: int = 64 << 20
    header_bytes: int = 64 << 10
    line_bytes: int = 1 << 20
    records: int = 50_000
    hops: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a sender signs; see the module.

    Attributes
    ----------
    from_node, from_party, to_node, to_party : str
    sequence : int
        From one, without gaps, for this sender and receiver.
    previous : str
        Digest of the header before; zeros before the first.
    written_tai_ns : int
    data_mode : DataMode
        Of every record in it.
    records, hops : int
        How many lines of each.
    records_root : str
        Merkle root over the leaf hashes of the records, hex.
    body_bytes : int
    body_sha256 : str
    audit_root : mapping, optional
        The sender's newest signed root of its audit log with the proof that the log only grew since the bundle before.
    """

    from_node: str
    from_party: str
    to_node: str
    to_party: str
    sequence: int
    previous: str
    written_tai_ns: int
    data_mode: DataMode
    records: int
    records_root: str
    hops: int
    body_bytes: int
    body_sha256: str
    audit_root: Mapping[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """Return what is signed."""
        return {
            "form": _FORM,
            "from_node": self.from_node,
            "from_party": self.from_party,
            "to_node": self.to_node,
            "to_party": self.to_party,
            "sequence": self.sequence,
            "previous": self.previous,
            "written_utc": format_utc(self.written_tai_ns, digits=3),
            "data_mode": self.data_mode.value,
            "records": self.records,
            "records_root": self.records_root,
            "hops": self.hops,
            "body_bytes": self.body_bytes,
            "body_sha256": self.body_sha256,
            "audit_root": None if self.audit_root is None else dict(self.audit_root),
        }

    @classmethod
    def from_document(cls, document: Any) -> Header:
        """Read a header; nothing is believed before its signatures are checked.

        Raises
        ------
        FormatError
            It is no header.
        """
        if not isinstance(document, dict) or set(document) != _FIELDS or document["form"] != _FORM:
            raise FormatError("is no header of a bundle")
        for name in ("from_node", "from_party", "to_node", "to_party", "previous", "records_root", "body_sha256"):
            if not isinstance(document[name], str) or not 0 < len(document[name]) <= _LONGEST_NAME:
                raise FormatError(f"{name} of a bundle's header is no name")
        for name in ("sequence", "records", "hops", "body_bytes"):
            if type(document[name]) is not int or not 0 <= document[name] < 1 << 53:
                raise FormatError(f"{name} of a bundle's header is no number")
        audit = document["audit_root"]
        if audit is not None and not isinstance(audit, dict):
            raise FormatError("audit_root of a bundle's header is no object")
        try:
            return cls(
                **{name: document[name] for name in _FIELDS - {"form", "written_utc", "data_mode", "audit_root"}},
                written_tai_ns=parse_utc(str(document["written_utc"])),
                data_mode=DataMode(document["data_mode"]),
                audit_root=audit,
            )
        except (ValueError, InputError) as error:
            raise FormatError(f"is a damaged header of a bundle: {error}") from error


@dataclass(frozen=True, slots=True)
class SignedHeader:
    """A header as a node signed it."""

    header: Header
    signatures: Sequence[Mapping[str, Any]]

    def digest(self) -> str:
        """Return the digest of what is signed: the name of the bundle."""
        return sha256(canonical_bytes(self.header.document())).hexdigest()

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"header": self.header.document(), "signatures": [dict(each) for each in self.signatures]}

    @classmethod
    def from_document(cls, document: Any) -> SignedHeader:
        """Read it; raise FormatError where it is none."""
        if not isinstance(document, dict) or set(document) != {"header", "signatures"}:
            raise FormatError("is no signed header")
        signatures = document["signatures"]
        if not isinstance(signatures, list) or any(not isinstance(each, dict) for each in signatures):
            raise FormatError("is no signed header")
        return cls(Header.from_document(document["header"]), signatures)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose body is the one that its header names; signatures and records are not checked yet."""

    signed: SignedHeader
    hops: Mapping[str, SignedHeader]
    lines: tuple[bytes, ...]

    @property
    def header(self) -> Header:
        """The header."""
        return self.signed.header


def make_bundle(
    items: Sequence[Item],
    *,
    hops: Sequence[SignedHeader],
    key: SigningKey,
    from_node: str,
    to_node: str,
    to_party: str,
    sequence: int,
    previous: str = GENESIS,
    written_tai_ns: int,
    data_mode: DataMode,
    audit_root: Mapping[str, Any] | None = None,
) -> tuple[SignedHeader, bytes]:
    """Sign items for one receiver; return the header and the whole bundle."""
    lines = [canonical_bytes(hop.document()) for hop in hops] + [item_line(item) for item in items]
    body = b"".join(line + b"\n" for line in lines)
    header = Header(
        from_node=from_node,
        from_party=key.party,
        to_node=to_node,
        to_party=to_party,
        sequence=sequence,
        previous=previous,
        written_tai_ns=written_tai_ns,
        data_mode=data_mode,
        records=len(items),
        records_root=tree_root([item.leaf for item in items]).hex(),
        hops=len(hops),
        body_bytes=len(body),
        body_sha256=sha256(body).hexdigest(),
        audit_root=audit_root,
    )
    signatures = sign(header.document(), key=key, context=Context.EXCHANGE, signed_tai_ns=written_tai_ns)
    signed = SignedHeader(header, signatures)
    return signed, canonical_bytes(signed.document()) + b"\n" + body


def read_header(data: bytes, *, limits: BundleLimits) -> tuple[SignedHeader, int]:
    """Return the header and where the body begins."""
    end = data.find(b"\n", 0, limits.header_bytes + 1)
    if end < 0:
        raise FormatError("does not begin with the header of a bundle", where="bundle")
    document = parsed_document(data[:end], where="header", largest=limits.header_bytes)
    signed = SignedHeader.from_document(document)
    if canonical_bytes(signed.document()) != data[:end]:
        raise FormatError("the header is not in canonical form", where="bundle")
    return signed, end + 1


def open_bundle(data: bytes, *, limits: BundleLimits) -> Bundle:
    """Read a bundle as far as its header binds it.

    Raises
    ------
    FormatError
        It is larger than the limits, no bundle, or its body is not the one that the header names.
    """
    if len(data) > limits.bytes:
        raise FormatError(f"is larger than {limits.bytes:,} bytes", where="bundle")
    signed, start = read_header(data, limits=limits)
    header = signed.header
    if header.records > limits.records or header.hops > limits.hops:
        raise FormatError(f"holds more than {limits.records:,} records", where="bundle")
    if len(data) - start != header.body_bytes or sha256(data[start:]).hexdigest() != header.body_sha256:
        raise FormatError("the body is not the one that was signed", where="bundle")
    lines = data[start:].split(b"\n")
    if lines.pop() != b"" or len(lines) != header.records + header.hops:
        raise FormatError("has another number of records than its header says", where="bundle")
    if any(len(line) > limits.line_bytes for line in lines):
        raise FormatError(f"a line is longer than {limits.line_bytes:,} bytes", where="bundle")
    hops: dict[str, SignedHeader] = {}
    for line in lines[: header.hops]:
        hop = SignedHeader.from_document(parsed_document(line, where="hop", largest=limits.header_bytes))
        hops[hop.digest()] = hop
    return Bundle(signed, hops, tuple(lines[header.hops :]))
