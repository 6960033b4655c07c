"""Metrics of a DataFrame, noted while it is read."""
from pyspark.errors import PySparkAssertionError, PySparkTypeError, PySparkValueError


class Observation:
    """Named metrics of one DataFrame; `get` runs them on their own."""

    def __init__(self, name=None):
        if name is not None and not isinstance(name, str):
            raise PySparkTypeError(errorClass="NOT_STR", messageParameters={"arg_name": "name", "arg_type": type(name).__name__})
        if name == "":
            raise PySparkValueError(errorClass="VALUE_NOT_NON_EMPTY_STR", messageParameters={"arg_name": "name", "arg_value": name})
        import uuid

        self._name = name or str(uuid.uuid4())
        self._df = None
        self._metrics = None

    def _on(self, df, metrics):
        if self._df is not None:
            raise PySparkAssertionError(errorClass="REUSE_OBSERVATION", messageParameters={})
        self._df, self._metrics = df, metrics
        return df._on("collectMetrics", name=self._name, metrics=metrics)

    @property
    def get(self):
        if self._df is None:
            raise PySparkAssertionError(errorClass="NO_OBSERVE_BEFORE_GET", messageParameters={})
        row = self._df._on("aggregate", groupType="GROUP_TYPE_GROUPBY", groupingExpressions=[], aggregateExpressions=self._metrics)._rows()[0]
        return row.asDict(recursive=True)
