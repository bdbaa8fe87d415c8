"""Satellite catalogues of CelesTrak and Space-Track as JSON, against the columns of the catalogues themselves."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import polars as pl
import pytest

from mihari.errors import FormatError
from mihari.formats import read_bytes, read_file
from mihari.model.intake import ReadResult

CELESTRAK_TYPES = {"PAYLOAD": "PAY", "ROCKET BODY": "R/B", "DEBRIS": "DEB", "UNKNOWN": "UNK"}


def read(document: object) -> ReadResult:
    return read_bytes(json.dumps(document).encode(), name="f")


def forms(records: list[dict[str, object]]) -> dict[str, object]:
    """Return the records and their compact forms."""
    names = list(records[0])
    rows = [list(record.values()) for record in records]
    return {
        "records": records,
        "columns and data": {"columns": names, "data": rows},
        "header and rows": [names, *rows],
        "columns by name": {name: [record[name] for record in records] for name in names},
    }


def test_celestrak_json_says_what_the_catalogue_says(shared_data: Path) -> None:
    path = shared_data / "satcat" / "celestrak_satcat_202503.parquet"
    table = pl.read_parquet(path).with_columns(
        pl.col(pl.Categorical).cast(pl.String), pl.col("launch_date", "decay_date").dt.strftime("%Y-%m-%d")
    )
    # Numbers as numbers, blank dates, null orbits and codes: as CelesTrak's satcat/records.php answers.
    records: list[dict[str, object]] = [
        {
            "OBJECT_NAME": row["object_name"],
            "OBJECT_ID": row["object_id"],
            "NORAD_CAT_ID": int(row["norad_cat_id"]),
            "OBJECT_TYPE": CELESTRAK_TYPES[row["object_type"]],
            "OPS_STATUS_CODE": "D" if row["has_decayed"] else "",
            "OWNER": row["owner"],
            "LAUNCH_DATE": row["launch_date"] or "",
            "LAUNCH_SITE": row["launch_site"],
            "DECAY_DATE": row["decay_date"] or "",
            "PERIOD": row["period"] or None,
            "INCLINATION": row["inclination"],
            "RCS": None,
            "ORBIT_TYPE": row["orbit_type"],
        }
        for row in table.iter_rows(named=True)
    ]
    expected = {
        "norad_cat_id": table["norad_cat_id"].cast(pl.Int32).to_list(),
        # One name of the file has a blank behind it.
        "object_name": table["object_name"].str.strip_chars().to_list(),
        "object_id": table["object_id"].to_list(),
        "object_type": table["object_type"].to_list(),
        "owner": table["owner"].to_list(),
        "launch_date_utc": table["launch_date"].to_list(),
        "decay_date_utc": table["decay_date"].to_list(),
    }
    assert len(records) == 62_652
    for form, document in forms(records).items():
        result = read(document)
        assert (result.format, result.rejected) == ("SATCAT JSON", ()), form
        assert result.objects.frame.select(*expected).to_dict(as_series=False) == expected, form
        assert result.objects.frame["ops_status"].drop_nulls().len() == table["has_decayed"].sum(), form


def test_space_track_json_says_what_the_catalogue_says(shared_data: Path) -> None:
    path = shared_data / "satcat" / "spacetrack_satcat_leo_202503.csv.xz"
    table = pl.read_csv(lzma.decompress(path.read_bytes()), infer_schema=False).drop("")
    # Space-Track prints every value as a string, and null where it has none.
    records = table.to_dicts()
    expected = {
        "norad_cat_id": table["NORAD_CAT_ID"].cast(pl.Int32).to_list(),
        "object_name": table["SATNAME"].to_list(),
        "object_id": table["INTLDES"].to_list(),
        "object_type": table["OBJECT_TYPE"].replace("TBA", "UNKNOWN").to_list(),
        "owner": table["COUNTRY"].to_list(),
        "launch_date_utc": table["LAUNCH"].to_list(),
        "decay_date_utc": table["DECAY"].to_list(),
        "size": table["RCS_SIZE"].to_list(),
    }
    assert len(records) == 24_062
    older = [{k: v for k, v in record.items() if k not in ("OBJECT_NAME", "OBJECT_ID")} for record in records]
    for form, document in (forms(records) | {"older names": older, "with metadata": {"data": records}}).items():
        result = read(document)
        assert (result.format, result.rejected) == ("SATCAT JSON", ()), form
        assert result.objects.frame.select(*expected).to_dict(as_series=False) == expected, form
    assert read(records).objects.frame.equals(read_file(path).objects.frame)


def test_keys_of_someone_s_own_are_refused_in_one_line(shared_data: Path) -> None:
    path = shared_data / "satcat" / "celestrak_satcat_active_20260822.json.xz"
    with pytest.raises(
        FormatError, match="without the keys of element sets or objects; it has 'N', 'C', 'I'"
    ) as caught:
        read_file(path)
    assert "\n" not in caught.value.line()
