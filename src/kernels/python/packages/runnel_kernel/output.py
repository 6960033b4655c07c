"""Where prints and displays go: to the cell that runs, or to the cell that defined the callback or task that runs."""
import contextlib
import contextvars
import io

import _runnel_host as host

from . import bridge

# A context variable: a task that a cell leaves on the event loop keeps printing under that cell.
_place = contextvars.ContextVar("cell", default=(None, ""))


def current_cell():
    """Id of the cell whose code runs now, or None."""
    return _place.get()[0]


@contextlib.contextmanager
def output_to(cell, prefix=""):
    """Sends output to `cell`; `prefix` starts every line (a callback's batch)."""
    token = _place.set((cell, prefix))
    try:
        yield
    finally:
        _place.reset(token)


class CellStream(io.TextIOBase):
    """sys.stdout and sys.stderr of the kernel."""

    encoding = "utf-8"

    def __init__(self, name):
        self.name = f"<{name}>"
        self._stream = name
        self._at_line_start = True

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            cell, prefix = _place.get()
            host.write(self._stream, cell, self._prefixed(text, prefix) if prefix else text)
        return len(text)

    def flush(self):
        pass

    def _prefixed(self, text, prefix):
        lines = text.splitlines(keepends=True)
        first = prefix if self._at_line_start else ""
        self._at_line_start = text.endswith("\n")
        return first + prefix.join(lines)


def display_data(data, metadata=None):
    _emit({"output_type": "display_data", "data": data, "metadata": metadata or {}})


def execute_result(data, execution_count):
    _emit({"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": execution_count})


def error(name, message, traceback, shape):
    _emit({"output_type": "error", "ename": name, "evalue": message, "traceback": traceback, "shape": shape})


def _emit(output):
    bridge.emit({"kind": "output", "cell": current_cell(), "output": output})
