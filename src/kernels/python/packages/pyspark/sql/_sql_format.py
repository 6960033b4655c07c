"""`spark.sql("... {name}", name=...)`: values become literals, DataFrames temporary views, columns their names."""
import datetime
import decimal
import itertools
import string

_views = itertools.count(1)


class _Formatter(string.Formatter):
    def __init__(self):
        super().__init__()
        self._names = {}

    def get_field(self, field_name, args, kwargs):
        value, used = super().get_field(field_name, args, kwargs)
        return self._text(value), used

    def _text(self, value):
        from pyspark.sql.column import Column
        from pyspark.sql.dataframe import DataFrame

        if isinstance(value, DataFrame):
            if id(value) not in self._names:
                self._names[id(value)] = f"_python_view_{next(_views)}"
                value.createOrReplaceTempView(self._names[id(value)])
            return self._names[id(value)]
        if isinstance(value, Column):
            return value._text
        if isinstance(value, str):
            escaped = value.replace("\\", "\\\\").replace("'", "\\'")
            return f"'{escaped}'"
        if isinstance(value, bool) or value is None:
            return {True: "true", False: "false", None: "NULL"}[value]
        if isinstance(value, (int, float, decimal.Decimal)):
            return str(value)
        if isinstance(value, datetime.datetime):
            return f"TIMESTAMP '{value}'"
        if isinstance(value, datetime.date):
            return f"DATE '{value}'"
        if isinstance(value, (list, tuple)):
            return f"({', '.join(str(self._text(item)) for item in value)})" if isinstance(value, tuple) else ", ".join(
                str(self._text(item)) for item in value)
        return str(value)


def formatted(_session, query, values):
    return _Formatter().format(query, **values)
