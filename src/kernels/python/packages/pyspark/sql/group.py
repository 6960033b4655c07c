"""Groups of rows, waiting for aggregates."""
from pyspark.errors.exceptions.captured import engine_error
from pyspark.sql import _args, _plan
from pyspark.sql.column import Column


class GroupedData:
    """Made by groupBy, rollup, cube and groupingSets."""

    def __init__(self, df, kind, columns, pivot=None, grouping_sets=None):
        self._df = df
        self._kind = kind
        self._columns = columns
        self._pivot = pivot
        self._grouping_sets = grouping_sets

    def __repr__(self):
        names = ", ".join(column._text for column in self._columns)
        return f"GroupedData[grouping expressions: [{names}], value: {self._df!r}, type: {self._kind.title()}]"

    def agg(self, *exprs):
        from pyspark.sql import functions as F

        assert exprs, "exprs should not be empty"
        if len(exprs) == 1 and isinstance(exprs[0], dict):
            columns = [F._call(name, F.col(column)) for column, name in exprs[0].items()]
        else:
            assert all(isinstance(column, Column) for column in exprs), "all exprs should be Column"
            columns = list(exprs)
        return self._aggregated(columns)

    def _aggregated(self, columns):
        fields = {
            "groupType": f"GROUP_TYPE_{'PIVOT' if self._pivot else self._kind}",
            "groupingExpressions": [column._expr for column in self._columns],
            "aggregateExpressions": [column._expr for column in columns],
        }
        if self._grouping_sets is not None:
            fields["groupingSets"] = [{"groupingSet": one} for one in self._grouping_sets]
        if self._pivot:
            fields["pivot"] = self._pivot
        return self._df._on("aggregate", **fields)

    def count(self):
        from pyspark.sql import functions as F

        return self._aggregated([F._call("count", F.lit(1)).alias("count")])

    def _numeric(self, name, cols):
        from pyspark.sql import functions as F
        from pyspark.sql.types import NumericType

        numeric = [field.name for field in self._df.schema if isinstance(field.dataType, NumericType)]
        if cols:
            invalid = [column for column in cols if column in self._df.columns and column not in numeric]
            if invalid:
                raise engine_error("AnalysisException", "_LEGACY_ERROR_TEMP_1323",
                                   f'"{invalid[0]}" is not a numeric column. Aggregation function can only be applied on a numeric column.')
        grouped = {column._expr.get("unresolvedAttribute", {}).get("unparsedIdentifier") for column in self._columns}
        chosen = list(cols) or [column for column in numeric if column not in grouped]
        return self._aggregated([F._call(name, F.col(column)) for column in chosen])

    def sum(self, *cols):
        return self._numeric("sum", cols)

    def avg(self, *cols):
        return self._numeric("avg", cols)

    mean = avg

    def min(self, *cols):
        return self._numeric("min", cols)

    def max(self, *cols):
        return self._numeric("max", cols)

    def pivot(self, pivot_col, values=None):
        if self._kind != "GROUPBY":
            raise engine_error("UnsupportedOperationException", "_LEGACY_PIVOT", f"pivot after {self._kind.lower()} is not supported")
        column = self._df[pivot_col] if isinstance(pivot_col, str) else _args.to_column(pivot_col, "pivot_col")
        pivot = {"col": column._expr}
        if values is not None:
            for value in values:
                if not isinstance(value, (bool, float, int, str)):
                    raise _args.type_error("NOT_BOOL_OR_FLOAT_OR_INT_OR_STR", "value", value)
            pivot["values"] = [_plan.literal(value)["literal"] for value in values]
        return GroupedData(self._df, self._kind, self._columns, pivot)

    def applyInPandas(self, *_args, **_kwargs):
        from pyspark.sql.dataframe import _missing_package

        raise _missing_package("Pandas", "2.2.0")

    applyInPandasWithState = transformWithStateInPandas = applyInPandas
