"""The inner test of the sieve as vector instructions: eight neighbours at once, the answer as eight bits.

Written with LLVM vector types, because whether a short loop becomes vector code must not hang on a compiler's mood. On
a machine without 256-bit registers LLVM splits the vectors.
"""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["LANES", "line_mask"]

LANES: Final = 8

_FLAGS: Final = ("contract", "nsz", "arcp")
_VECTOR: Final = ir.VectorType(ir.FloatType(), LANES)


@intrinsic
def line_mask(typing_context, table, place, x, y, z, vx, vy, vz, limit2, slack_s, slack_m2_s):  # type: ignore[no-untyped-def]
    """Return which of the neighbours [place, place + 8) have a straight line that may pass within the limit in time.

    With d and w the relative position and velocity at the node, bit q is set unless

    - the line passes too far: (d² - limit²) w² > (d·w)², which is |d x w|² > limit² w²; or
    - it does so too early or late: |d·w| > slack_s w² + slack_m2_s. The caller chooses the slacks so that the right
      side is at least tau w² + limit |w|.

    Parameters
    ----------
    table : (planes, n) float32, C-contiguous
        Rows x, y, z (m), vx, vy, vz (m/s).
    place : int64
        The caller guarantees place + 8 <= n.
    x, y, z, vx, vy, vz : float32
        State of the home object.
    limit2, slack_s, slack_m2_s : float32
    """
    signature = types.int32(table, types.int64, *([types.float32] * 9))

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        columns = cgutils.unpack_tuple(builder, array.shape)[1]  # type: ignore[no-untyped-call]

        def times(a: Any, b: Any) -> Any:
            return builder.fmul(a, b, flags=_FLAGS)

        def plus(a: Any, b: Any) -> Any:
            return builder.fadd(a, b, flags=_FLAGS)

        def spread(value: Any) -> Any:
            start = ir.Constant(_VECTOR, ir.Undefined)
            single = builder.insert_element(start, value, ir.Constant(ir.IntType(32), 0))
            mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
            return builder.shuffle_vector(single, start, mask)

        def row(number: int) -> Any:
            offset = builder.add(builder.mul(columns, ir.Constant(columns.type, number)), arguments[1])
            pointer = builder.gep(array.data, [offset])
            load = builder.load(builder.bitcast(pointer, _VECTOR.as_pointer()))
            load.align = 4
            return load

        def square(parts: list[Any], others: list[Any]) -> Any:
            total = times(parts[0], others[0])
            for a, b in zip(parts[1:], others[1:], strict=True):
                total = plus(times(a, b), total)
            return total

        d = [builder.fsub(row(c), spread(arguments[2 + c]), flags=_FLAGS) for c in range(3)]
        w = [builder.fsub(row(3 + c), spread(arguments[5 + c]), flags=_FLAGS) for c in range(3)]
        w2 = square(w, w)
        dw = square(d, w)
        d2 = square(d, d)
        across = times(builder.fsub(d2, spread(arguments[8]), flags=_FLAGS), w2)
        passes = builder.fcmp_ordered("<=", across, times(dw, dw))
        absolute = builder.select(
            builder.fcmp_ordered("<", dw, ir.Constant(_VECTOR, [0.0] * LANES)), builder.fneg(dw), dw
        )
        bound = plus(times(w2, spread(arguments[9])), spread(arguments[10]))
        in_time = builder.fcmp_ordered("<=", absolute, bound)
        bits = builder.bitcast(builder.and_(passes, in_time), ir.IntType(LANES))
        return builder.zext(bits, ir.IntType(32))

    return signature, generate
