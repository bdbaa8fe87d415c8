"""Between states as other programs have them: every second row of GMAT's and Orekit's trajectories as an OEM.

The rows that are left out are the truth. Rows are 120 s apart, so the OEM has them every 240 s, four times as far as
operators send them. A point mass comes back to 1 cm: velocities in TEME leave out its own motion, 5e-5 m/s, which over
240 s is that much; Hermite of degree 7 adds 3 mm (h^8 max|x(8)| / 8! times 0.3 to 0.9). Gravity of degree 60 and
above has short waves that raise the eighth derivative: 0.2 m.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ephemeris_support import ORIENTATION, Segment, prepared, write_oem
from mihari.astro.frames import Frame, convert
from mihari.astro.states import StateVectors
from mihari.conjunction.screening import prepare_ephemeris
from mihari.errors import MihariError
from mihari.formats.ccsds import MessageKind, ephemeris, read_messages
from numerical_support import EPOCH_TAI_NS, read_reference


@pytest.mark.parametrize("frame", [Frame.GCRF, Frame.EME2000, Frame.ITRF])
def test_the_rows_left_out_come_back(shared_cases: Path, tmp_path: Path, frame: Frame) -> None:
    """2 cm for a point mass, 0.3 m with a field of gravity; the error that is stated is true to a factor of two."""
    folders = {"gmat_astrodynamics": 1e3, "orekit_astrodynamics": 1.0}
    errors, told, is_point = [], [], []
    for folder, unit_m in folders.items():
        for file in sorted((shared_cases / "numprop" / folder).glob("*.csv"))[:6]:
            table = read_reference(file, unit_m=unit_m)
            epoch = EPOCH_TAI_NS + np.rint(table.elapsed_s * 1e9).astype(np.int64)
            given = StateVectors(Frame.GCRF, epoch[::2], table.position_m[::2], table.velocity_m_s[::2])
            turned = convert(given, frame, orientation=ORIENTATION)
            ready = prepared(write_oem(tmp_path / "reference.oem", Segment(turned)))
            assert len(ready.spans) == 1
            found = convert(ready.states_at(epoch[1:-1:2]), Frame.GCRF, orientation=ORIENTATION)
            errors.append(np.linalg.norm(found.position_m - table.position_m[1:-1:2], axis=1).max())
            told.append(ready.coverage.interpolation_error_m)
            is_point.append("spherical" in file.name and "non" not in file.name)
    error, stated, point = np.array(errors), np.array(told), np.array(is_point)
    assert (error.size, np.count_nonzero(point)) == (12, 6)
    assert error[point].max() < 0.02
    assert error.max() < 0.3
    ratio = stated / error
    assert ratio.min() > 0.5
    assert ratio.max() < 2.0


def test_samples_of_other_programs_are_made_ready_or_refused_in_one_line(shared_cases: Path) -> None:
    """OEMs and OCMs of Orekit and oem: no sample ends in anything but an ephemeris or a reason."""
    done, refused = 0, []
    for folder in ("orekit/odm", "bradsease_oem"):
        for file in sorted((shared_cases / "ccsds" / folder).rglob("*")):
            if not file.is_file():
                continue
            try:
                message = read_messages(file)
                if message.kind not in (MessageKind.OEM, MessageKind.OCM):
                    continue
                whole = ephemeris(message, name=file.name)
                given = prepare_ephemeris(
                    whole, whole.segments, norad_cat_id=1, number_source="", label=file.name, orientation=ORIENTATION
                )
            except MihariError as error:
                refused.append(error.line())
                continue
            for first, last in given.coverage.spans_tai_ns:
                times = np.linspace(first, last, 50).astype(np.int64)
                assert np.isfinite(given.states_at(times).position_m).all()
            done += 1
    assert done >= 11
    assert len(refused) > 50
    assert not any("\n" in line for line in refused)
