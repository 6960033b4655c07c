"""Interrupt stops the cell, not a stream's callback that happens to run while the cell waits."""
import contextlib
import signal

_depth = 0
_pending = False


def _on_interrupt(_signum, _frame):
    global _pending
    # The second press stops the callback too: it may be the one that never ends.
    if _depth > 0 and not _pending:
        _pending = True
        return
    _pending = False
    raise KeyboardInterrupt


def install():
    signal.signal(signal.SIGINT, _on_interrupt)


@contextlib.contextmanager
def deferred():
    """While a callback runs, the first Interrupt waits until the callback has answered."""
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1


def take_pending():
    """True once after an Interrupt was held back; the host then raises it in the cell that waits."""
    global _pending
    taken = _pending and _depth == 0
    if taken:
        _pending = False
    return taken
