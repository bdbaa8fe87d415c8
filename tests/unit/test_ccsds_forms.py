"""The forms: KVN, XML, our JSON and flat JSON carry the same message, digit by digit."""

from __future__ import annotations

import json

import pytest

from ccsds_support import CDM, KINDS, OCM, OEM, OPM, content, parsed, replaced
from mihari.errors import FormatError
from mihari.formats.ccsds import (
    Block,
    Entry,
    MessageForm,
    MessageKind,
    conjunction_message,
    format_message,
    message_faults,
)

FORMS = (MessageForm.KVN, MessageForm.XML, MessageForm.JSON)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_form_carries_the_message(kind: str, form: MessageForm) -> None:
    message = parsed(KINDS[kind])
    text = format_message(message, form=form)
    again = parsed(text)
    assert again == message
    assert again.form is form
    assert message_faults(again) == ()
    assert format_message(again, form=form) == text
    assert format_message(again, form=MessageForm.KVN) == format_message(message, form=MessageForm.KVN)


def test_a_cdm_goes_through_flat_json() -> None:
    message = parsed(CDM)
    text = format_message(message, form=MessageForm.FLAT_JSON)
    record = json.loads(text)
    assert record["SAT1_X"] == "7000.000100"
    assert record["SAT1_X_UNIT"] == "km"
    assert record["SAT2_COMMENT_APOGEE"] == "Apogee Altitude = 801 [km]"
    again = parsed(text)
    assert again.form is MessageForm.FLAT_JSON
    assert again == message
    assert message_faults(again) == ()
    assert format_message(again, form=MessageForm.KVN) == format_message(message, form=MessageForm.KVN)


def flat_record(**changes: str | None) -> dict[str, str | None]:
    record = json.loads(format_message(parsed(CDM), form=MessageForm.FLAT_JSON))
    record |= {"TCA": "2024-02-29 12:00:00", "TCA_FRACTION": "250000", "SAT1_COMMENT_SCREENING_OPTION": "Covariance"}
    return {
        "CONSTELLATION": "MINE",
        "CDM_ID": "4711",
        **record,
        "SAT1_AREA_PC": None,
        "SAT1_AREA_PC_UNIT": None,
    } | changes


def test_flat_json_keeps_what_only_it_has() -> None:
    record = flat_record(GID="79", SAT2_SHOE_SIZE="44")
    message = parsed(json.dumps(record))
    assert json.loads(format_message(message, form=MessageForm.FLAT_JSON)) == record
    event = conjunction_message(message)
    # 2024-02-29T12:00:00.25 UTC, TAI - UTC = 37 s.
    assert event.tca_tai_ns == 1_709_208_000_250_000_000 + 37_000_000_000
    assert event.object_2.unknown == (("SHOE_SIZE", "44"),)
    assert ("SCREENING_OPTION", "Covariance") in event.object_1.comment_fields
    assert [fault.keyword for fault in message_faults(message)] == ["SHOE_SIZE"]


def test_keys_of_the_data_base_become_comments_and_come_back() -> None:
    message = parsed(json.dumps(flat_record()))
    kvn = format_message(message, form=MessageForm.KVN)
    assert "COMMENT CDM_ID = 4711" in kvn
    assert "AREA_PC" not in kvn
    assert message_faults(parsed(kvn)) == ()
    back = json.loads(format_message(parsed(kvn), form=MessageForm.FLAT_JSON))
    assert back["CDM_ID"] == "4711"
    assert back["TCA"] == "2024-02-29T12:00:00.250000"


@pytest.mark.parametrize(
    ("fraction", "decimals"),
    [("0", ""), ("23", ".023000"), ("250", ".250000"), ("250000", ".250000"), ("1000", ".001000"), ("x", "")],
)
def test_fractions_count_microseconds_or_milliseconds(fraction: str, decimals: str) -> None:
    message = parsed(json.dumps(flat_record(TCA_FRACTION=fraction)))
    body = message.root.block("body")
    assert body is not None
    relative = body.block("relativeMetadataData")
    assert relative is not None
    assert relative.value("TCA") == f"2024-02-29T12:00:00{decimals}"


def test_a_list_of_flat_records_is_a_parcel() -> None:
    message = parsed(json.dumps([flat_record(), flat_record(CDM_ID="4712")]))
    assert message.kind is MessageKind.NDM
    assert [part.kind for part in message.parts] == [MessageKind.CDM] * 2
    assert json.loads(format_message(message, form=MessageForm.FLAT_JSON))[1]["CDM_ID"] == "4712"


def test_public_summaries_are_no_messages() -> None:
    with pytest.raises(FormatError, match="summary"):
        parsed(json.dumps([{"CDM_ID": "1", "TCA": "2024-02-29T12:00:00", "MIN_RNG": "236", "PC": "0.1"}]))


def test_unknown_keywords_and_strays_survive_in_the_same_form() -> None:
    text = replaced(CDM, "ORIGINATOR = TEST", "ORIGINATOR = TEST\nVENDOR_FIELD = 1.50 [furlong]\nan odd line")
    message = parsed(text)
    kvn = format_message(message, form=MessageForm.KVN)
    assert parsed(kvn) == message
    assert "VENDOR_FIELD = 1.50 [furlong]\nan odd line\n" in kvn
    assert parsed(format_message(message, form=MessageForm.JSON)) == message
    with pytest.raises(FormatError, match="odd line"):
        format_message(message, form=MessageForm.XML)


def test_order_survives_in_the_same_form_and_xml_has_that_of_the_book() -> None:
    text = replaced(
        OPM, "OBJECT_NAME = CASE ONE\nOBJECT_ID = 2024-001A", "OBJECT_ID = 2024-001A\nOBJECT_NAME = CASE ONE"
    )
    message = parsed(text)
    assert content(parsed(format_message(message, form=MessageForm.KVN))) == content(message)
    xml = format_message(message, form=MessageForm.XML)
    assert xml.index("<OBJECT_NAME>") < xml.index("<OBJECT_ID>")
    # XML that came in another order goes out in that order.
    turned = xml.replace("<OBJECT_NAME>CASE ONE</OBJECT_NAME>", "").replace(
        "</OBJECT_ID>", "</OBJECT_ID><OBJECT_NAME>CASE ONE</OBJECT_NAME>"
    )
    again = format_message(parsed(turned), form=MessageForm.XML)
    assert again.index("<OBJECT_ID>") < again.index("<OBJECT_NAME>")


def test_brackets_of_texts_are_no_units() -> None:
    text = replaced(OPM, "USER_DEFINED_PLAN = 7", "USER_DEFINED_PLAN = seven [7]")
    entry = parsed(text).root.block("body")
    assert entry is not None
    found = [e for s in parsed(text).segments() for e in _entries(s) if e.keyword == "USER_DEFINED_PLAN"]
    assert [(e.value, e.unit) for e in found] == [("seven [7]", None)]


def _entries(block: Block) -> list[Entry]:
    return [
        entry
        for item in block.items
        for entry in (_entries(item) if isinstance(item, Block) else [item] if isinstance(item, Entry) else [])
    ]


def test_xml_units_and_nil_values_survive() -> None:
    xml = format_message(parsed(CDM), form=MessageForm.XML)
    xml = xml.replace('<MASS units="kg">250.0</MASS>', '<MASS nil="true" units="kg"/>', 1)
    message = parsed(xml)
    assert message_faults(message) == ()
    assert '<MASS nil="true" units="kg"/>' in format_message(message, form=MessageForm.XML)
    assert "MASS = [kg]\n" in format_message(message, form=MessageForm.KVN).replace("MASS =  [kg]", "MASS = [kg]")


def test_user_defined_keywords_have_the_parameter_of_the_schema() -> None:
    xml = format_message(parsed(OPM), form=MessageForm.XML)
    assert '<USER_DEFINED parameter="PLAN">7</USER_DEFINED>' in xml


def test_an_ndm_lists_its_messages() -> None:
    parts = "".join(format_message(parsed(text), form=MessageForm.XML).split("\n", 1)[1] for text in (CDM, OEM, OPM))
    ndm = parsed(f"<ndm><COMMENT>three</COMMENT>{parts}</ndm>")
    assert ndm.kind is MessageKind.NDM
    assert [part.kind.value for part in ndm.messages()] == ["CDM", "OEM", "OPM"]
    assert [message_faults(part) for part in ndm.messages()] == [(), (), ()]
    assert parsed(format_message(ndm, form=MessageForm.XML)) == ndm
    assert parsed(format_message(ndm, form=MessageForm.JSON)) == ndm
    several = parsed(CDM + OEM + OPM)
    assert several.parts == ndm.parts


def test_a_missing_marker_is_a_fault_and_writing_mends_it() -> None:
    message = parsed(replaced(OCM, "TRAJ_STOP\n", ""))
    assert [fault.keyword for fault in message_faults(message)] == ["TRAJ_STOP"]
    assert message_faults(parsed(format_message(message, form=MessageForm.KVN))) == ()
    assert [fault.keyword for fault in message_faults(parsed(replaced(OCM, "USER_STOP\n", "")))] == ["USER_STOP"]
    meta = message_faults(parsed(replaced(OEM, "META_STOP\n", "")))
    assert "META_STOP" in [fault.keyword for fault in meta]


def test_a_target_form_that_cannot_carry_it_says_so() -> None:
    with pytest.raises(FormatError, match="no flat JSON form"):
        format_message(parsed(OPM), form=MessageForm.FLAT_JSON)
    odd = json.loads(format_message(parsed(OPM), form=MessageForm.JSON))
    odd["items"][0]["items"].append({"keyword": "NOT A NAME", "value": "x"})
    for form in (MessageForm.KVN, MessageForm.XML):
        with pytest.raises(FormatError, match="NOT A NAME"):
            format_message(parsed(json.dumps(odd)), form=form)


def test_a_long_ephemeris_goes_through_every_form() -> None:
    """Long enough that the blanks between the elements of XML exceed the length of one text."""
    head, tail = OEM[: OEM.index("2024-02-29T00:00:00 7000.0")], OEM[OEM.index("\nCOVARIANCE_START") :]
    rows = "".join(f"2024-02-29T00:00:{n // 1000:02d}.{n % 1000:03d} {n}.5 0 0 0 7.5 0\n" for n in range(12_000))
    message = parsed(head + rows + tail)
    assert message_faults(message) == ()
    for form in FORMS:
        assert parsed(format_message(message, form=form)) == message
