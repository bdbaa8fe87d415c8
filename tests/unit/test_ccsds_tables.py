"""The structure tables hold together: cited, without repetition, covariances complete."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mihari.formats.ccsds import READ_KINDS, MessageKind, known_versions
from mihari.formats.ccsds._schema import Field, Section, ValueType
from mihari.formats.ccsds._tables import structure_of

CASES = [(kind, version) for kind in sorted(READ_KINDS, key=lambda k: k.value) for version in known_versions(kind)]


def sections(section: Section) -> Iterator[Section]:
    yield section
    for part in section.parts:
        if isinstance(part, Section):
            yield from sections(part)


@pytest.mark.parametrize(("kind", "version"), CASES, ids=lambda value: getattr(value, "value", value))
def test_a_table_holds_together(kind: MessageKind, version: str) -> None:
    structure = structure_of(kind, version)
    assert structure is not None
    assert structure.root.name == kind.value.lower()
    for section in sections(structure.root):
        keywords = [part.keyword for part in section.parts if isinstance(part, Field)]
        assert len(keywords) == len(set(keywords)), section.name
        if keywords:
            assert section.book or section.name == "relativeStateVector", section.name
        assert section.occurs in ("1", "?", "*", "+")
        for part in section.parts:
            if isinstance(part, Field):
                assert (part.type is ValueType.ENUM) == bool(part.choices), part.keyword
                assert part.choices == tuple(choice.upper() for choice in part.choices)


def test_versions_are_those_of_the_books() -> None:
    assert {kind.value: known_versions(kind) for kind in READ_KINDS} == {
        "CDM": ("1.0", "2.0"),
        "OPM": ("1.0", "2.0", "3.0"),
        "OMM": ("2.0", "3.0"),
        "OEM": ("1.0", "2.0", "3.0"),
        "OCM": ("3.0",),
        "TDM": ("1.0", "2.0"),
    }


def test_the_covariance_of_a_cdm_has_the_units_of_the_book() -> None:
    structure = structure_of(MessageKind.CDM, "1.0")
    assert structure is not None
    data = structure.root.children["body"].children["segment"].children["data"]
    own = data.children["covarianceMatrix"].own
    mandatory = [name for name, spec in own.items() if spec.need.value == "M"]
    assert len(mandatory) == 21
    assert len(own) == 45
    units = {"CR_R": "m**2", "CRDOT_T": "m**2/s", "CNDOT_NDOT": "m**2/s**2", "CDRG_R": "m**3/kg"}
    units |= {"CSRP_NDOT": "m**3/(kg*s)", "CSRP_DRG": "m**4/kg**2", "CTHR_RDOT": "m**2/s**3", "CTHR_THR": "m**2/s**4"}
    assert {name: own[name].units[0] for name in units} == units
