"""Window specifications: which rows a function looks at beside its own."""
import sys

from pyspark.sql import _args

# Texts also write `-sys.maxsize`; this Python has 32-bit sizes, so that bound counts as unbounded too.
_PRECEDING, _FOLLOWING = -(2**63), 2**63 - 1


class WindowSpec:
    """Partition, order and frame; made by `Window`."""

    def __init__(self, partition=(), order=(), frame=None):
        self._partition, self._order, self._frame = partition, order, frame

    def partitionBy(self, *cols):
        return WindowSpec(tuple(_args.to_column(value) for value in _args.flatten(cols)), self._order, self._frame)

    def orderBy(self, *cols):
        return WindowSpec(self._partition, tuple(_args.to_column(value) for value in _args.flatten(cols)), self._frame)

    def rowsBetween(self, start, end):
        return WindowSpec(self._partition, self._order, ("FRAME_TYPE_ROW", start, end))

    def rangeBetween(self, start, end):
        return WindowSpec(self._partition, self._order, ("FRAME_TYPE_RANGE", start, end))

    def _over(self, function):
        window = {
            "windowFunction": function,
            "partitionSpec": [column._expr for column in self._partition],
            "orderSpec": [(column if "sortOrder" in column._expr else column.asc())._expr["sortOrder"] for column in self._order],
        }
        if self._frame is not None:
            kind, start, end = self._frame
            window["frameSpec"] = {"frameType": kind, "lower": _boundary(kind, start, _PRECEDING), "upper": _boundary(kind, end, _FOLLOWING)}
        return {"window": window}

    def _text(self):
        parts = []
        if self._partition:
            parts.append("PARTITION BY " + ", ".join(column._text for column in self._partition))
        if self._order:
            parts.append("ORDER BY " + ", ".join(column._text for column in self._order))
        return " ".join(parts)


def _boundary(kind, value, unbounded):
    if value == 0:
        return {"currentRow": True}
    limit = min(sys.maxsize, _FOLLOWING)
    if (value <= -limit and unbounded == _PRECEDING) or (value >= limit and unbounded == _FOLLOWING):
        return {"unbounded": True}
    if kind == "FRAME_TYPE_ROW":
        return {"value": {"literal": {"integer": value}}}
    return {"value": {"literal": {"long": str(value)}}}


class Window:
    """Starts a window specification."""

    unboundedPreceding, unboundedFollowing, currentRow = _PRECEDING, _FOLLOWING, 0

    @staticmethod
    def partitionBy(*cols):
        return WindowSpec().partitionBy(*cols)

    @staticmethod
    def orderBy(*cols):
        return WindowSpec().orderBy(*cols)

    @staticmethod
    def rowsBetween(start, end):
        return WindowSpec().rowsBetween(start, end)

    @staticmethod
    def rangeBetween(start, end):
        return WindowSpec().rangeBetween(start, end)


