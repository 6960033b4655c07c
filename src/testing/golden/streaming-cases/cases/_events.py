"""Rows that the cases share. Times are seconds after 2024-01-01 00:00:00 UTC."""

import datetime

MIDNIGHT = datetime.datetime(2024, 1, 1)


def at(seconds):
    return (MIDNIGHT + datetime.timedelta(seconds=seconds)).isoformat() + "Z"


def e(seconds, k=None, v=None):
    """One event; what is None is left out of the line, so it is NULL."""
    row = {"t": None if seconds is None else seconds if isinstance(seconds, str) else at(seconds), "k": k, "v": v}
    return {key: value for key, value in row.items() if value is not None}


# Delay 10 s: the watermark after the files is 5, 15, 16, 35, 36 s after midnight.
STORY = [
    [e(10, "a", 1), e(11, "b", 2), e(12, "a", 3), e(14, "c"), e(15, "b", 5)],
    [e(25, "a", 6), e(9, "b", 7)],
    [e(12, "a", 8), e(16, "b", 9), e(26, None, 10)],
    [e(45, "c", 11)],
    [e(20, "a", 12), e(46, "b", 13), e(30, "a", 14)],
]
RESTARTED = [STORY[0], STORY[1], "restart", STORY[2], STORY[3], "restart", STORY[4]]
EVENTS_WITH_HOME = "home struct<t:timestamp,n:int>"
