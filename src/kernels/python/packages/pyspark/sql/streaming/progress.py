"""Progress of a streaming query, as dictionaries with attributes; they print as Spark's JSON."""
import json
import uuid

from pyspark.sql.types import Row


class _Progress(dict):
    """A dictionary whose text is the JSON it came from."""

    def __init__(self, source, **fields):
        super().__init__(**fields)
        self._source = source

    @property
    def json(self):
        return json.dumps(self._source)

    @property
    def prettyJson(self):
        return json.dumps(self._source, indent=4)

    def __str__(self):
        return self.prettyJson

    __repr__ = __str__

    def __getattr__(self, name):
        if name in self.keys():
            return dict.__getitem__(self, name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")


def _offset_text(offset):
    """Offsets are text in Python: JSON as it was, or null."""
    return str(offset)


class SourceProgress(_Progress):
    """What one source gave in a batch."""

    @classmethod
    def fromJson(cls, source):
        return cls(source, description=source["description"], startOffset=_offset_text(source["startOffset"]),
                   endOffset=_offset_text(source["endOffset"]), latestOffset=_offset_text(source["latestOffset"]),
                   numInputRows=source["numInputRows"], inputRowsPerSecond=source.get("inputRowsPerSecond"),
                   processedRowsPerSecond=source.get("processedRowsPerSecond"), metrics=source.get("metrics", {}))


class SinkProgress(_Progress):
    """What the sink took in a batch."""

    @classmethod
    def fromJson(cls, source):
        return cls(source, description=source["description"], numOutputRows=source["numOutputRows"],
                   metrics=source.get("metrics", {}))


class StateOperatorProgress(_Progress):
    """State of one stateful operator."""

    @classmethod
    def fromJson(cls, source):
        fields = ("operatorName", "numRowsTotal", "numRowsUpdated", "numRowsRemoved", "allUpdatesTimeMs", "allRemovalsTimeMs",
                  "commitTimeMs", "memoryUsedBytes", "numRowsDroppedByWatermark", "numShufflePartitions", "numStateStoreInstances")
        return cls(source, **{field: source[field] for field in fields}, customMetrics=dict(source.get("customMetrics", {})))


class StreamingQueryProgress(_Progress):
    """One trigger. By key `id` and `runId` are text, as before Spark 4; by attribute they are UUIDs."""

    @classmethod
    def fromJson(cls, source):
        return cls(
            source,
            id=uuid.UUID(source["id"]),
            runId=uuid.UUID(source["runId"]),
            name=source["name"],
            timestamp=source["timestamp"],
            batchId=source["batchId"],
            batchDuration=source["batchDuration"],
            durationMs=dict(source.get("durationMs", {})),
            eventTime=dict(source.get("eventTime", {})),
            stateOperators=[StateOperatorProgress.fromJson(each) for each in source["stateOperators"]],
            sources=[SourceProgress.fromJson(each) for each in source["sources"]],
            sink=SinkProgress.fromJson(source["sink"]),
            numInputRows=source.get("numInputRows"),
            inputRowsPerSecond=source.get("inputRowsPerSecond"),
            processedRowsPerSecond=source.get("processedRowsPerSecond"),
            observedMetrics={name: Row(**values) for name, values in source.get("observedMetrics", {}).items()},
        )

    def __getitem__(self, key):
        value = super().__getitem__(key)
        return str(value) if key in ("id", "runId") else value

    def get(self, key, default=None):
        return self[key] if key in self else default
