"""Values as MIME bundles."""
import base64
import json

from . import output

TABLE_MIME = "application/vnd.runnel.table+json"
STREAM_MIME = "application/vnd.runnel.stream+json"
TABLE_ROWS = 1000

_METHODS = (
    ("_repr_html_", "text/html"),
    ("_repr_svg_", "image/svg+xml"),
    ("_repr_png_", "image/png"),
    ("_repr_jpeg_", "image/jpeg"),
    ("_repr_markdown_", "text/markdown"),
    ("_repr_latex_", "text/latex"),
    ("_repr_json_", "application/json"),
)


def mime_bundle(value):
    """What `value` offers to show, always with text/plain."""
    bundle = {}
    if not isinstance(value, type):
        full = getattr(value, "_repr_mimebundle_", None)
        if callable(full):
            offered = full()
            bundle.update(offered[0] if isinstance(offered, tuple) else offered or {})
        for method, mime in _METHODS:
            show = getattr(value, method, None) if mime not in bundle else None
            content = show() if callable(show) else None
            if content is not None:
                bundle[mime] = base64.b64encode(content).decode() if isinstance(content, bytes) else content
    bundle.setdefault("text/plain", repr(value))
    return bundle


def display(*values, **_options):
    """Shows values under the cell: DataFrames as tables, streaming DataFrames as a live preview, anything else as it asks."""
    from pyspark.sql.dataframe import DataFrame

    for value in values:
        if isinstance(value, DataFrame):
            output.display_data(_stream_bundle(value) if value.isStreaming else table_bundle(value))
        elif _is_rows(value):
            output.display_data(_rows_bundle(value))
        else:
            output.display_data(mime_bundle(value))


def displayHTML(html):
    """Shows HTML under the cell."""
    output.display_data({"text/html": str(html), "text/plain": str(html)})


def table_bundle(frame, num_rows=TABLE_ROWS):
    """The first rows of a batch DataFrame, cells as show() prints them."""
    rows = frame._shown_cells(num_rows + 1)
    columns = [{"name": name, "type": type_} for name, type_ in frame.dtypes]
    return _table(columns, rows[:num_rows], len(rows) > num_rows)


def _is_rows(value):
    from pyspark.sql.types import Row

    return isinstance(value, list) and len(value) > 0 and all(isinstance(row, Row) and hasattr(row, "__fields__") for row in value)


def _rows_bundle(rows):
    columns = [{"name": name, "type": type(value).__name__} for name, value in rows[0].asDict().items()]
    return _table(columns, [[None if cell is None else str(cell) for cell in row] for row in rows[:TABLE_ROWS]], len(rows) > TABLE_ROWS)


def _table(columns, rows, is_truncated):
    text = "\n".join("\t".join("NULL" if cell is None else cell for cell in row) for row in [[c["name"] for c in columns], *rows[:20]])
    return {TABLE_MIME: {"columns": columns, "rows": rows, "isTruncated": is_truncated}, "text/plain": text}


_preview_count = 0
_previews = {}


def _stream_bundle(frame):
    """Starts a preview query on a memory table; one display call of a cell has one preview at a time."""
    from pyspark.errors import AnalysisException

    from . import bridge

    global _preview_count
    cell = output.current_cell()
    bridge.request("lenient", {"id": "display-stream", "cell": cell, "detail": {}})
    _preview_count += 1
    name = f"display_query_{_preview_count}"
    writer = frame.writeStream.format("memory").queryName(name).option("runnel.keepRows", TABLE_ROWS)
    try:
        query = writer.outputMode("append").start()
    except AnalysisException as refused:
        if not _needs_complete(refused):
            raise
        query = writer.outputMode("complete").start()
    _previews.setdefault(cell, []).append(query)
    columns = [{"name": column, "type": type_} for column, type_ in frame.dtypes]
    return {
        STREAM_MIME: {"query": query.id, "name": name, "columns": columns},
        "text/plain": f"Preview {name} of {frame!r}",
    }


def _needs_complete(refused):
    return "STREAMING_OUTPUT_MODE" in (refused.getCondition() or "") or "output mode not supported" in str(refused)


def stop_previews(cell):
    """A cell that runs again stops the previews of its last run."""
    for query in _previews.pop(cell, ()):
        if query.isActive:
            query.stop()
