"""Events, batches and the hub behind the sync and async clients."""
import datetime
import json
import struct

from pyspark.errors import PySparkException
from runnel_kernel import bridge, output

MAX_BATCH_BYTES = 1024 * 1024
_EVENT_OVERHEAD_BYTES = 8
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class EventHubError(Exception):
    """A hub refused."""

    def __init__(self, message, details=None):
        super().__init__(message)
        self.message = message
        self.error = None
        self.details = details


class EventData:
    """One event: bytes or text, and properties."""

    def __init__(self, body=None):
        if body is None:
            raise ValueError("EventData cannot be None.")
        if isinstance(body, str):
            self._body = body.encode("utf-8")
        elif isinstance(body, (bytes, bytearray, memoryview)):
            self._body = bytes(body)
        elif isinstance(body, (list, tuple)):
            self._body = b"".join(part.encode("utf-8") if isinstance(part, str) else bytes(part) for part in body)
        else:
            raise TypeError(f"The body of an event is str or bytes, not {type(body).__name__}")
        self.properties = {}
        self.content_type = None
        self.correlation_id = None
        self.message_id = None
        self.sequence_number = None
        self.offset = None
        self.enqueued_time = None
        self.partition_key = None

    @classmethod
    def _received(cls, body, sequence, enqueued_micros):
        event = cls(body)
        event.sequence_number = sequence
        event.offset = str(sequence)
        event.enqueued_time = _EPOCH + datetime.timedelta(microseconds=enqueued_micros)
        return event

    @property
    def body(self):
        return iter([self._body])

    @property
    def system_properties(self):
        if self.sequence_number is None:
            return {}
        return {b"x-opt-sequence-number": self.sequence_number, b"x-opt-offset": self.offset.encode(),
                b"x-opt-enqueued-time": int((self.enqueued_time - _EPOCH).total_seconds() * 1000)}

    def body_as_str(self, encoding="UTF-8"):
        return self._body.decode(encoding)

    def body_as_json(self, encoding="UTF-8"):
        return json.loads(self.body_as_str(encoding))

    def _size(self):
        properties = sum(len(str(name)) + len(str(value)) for name, value in (self.properties or {}).items())
        return len(self._body) + properties + _EVENT_OVERHEAD_BYTES

    def __repr__(self):
        return f"EventData(body={self._body!r}, properties={self.properties!r})"

    def __str__(self):
        return f"{{ body: '{self._body.decode('utf-8', 'replace')}', properties: {self.properties} }}"


class EventDataBatch:
    """Events that travel together, up to a size."""

    def __init__(self, max_size_in_bytes=None, partition_id=None, partition_key=None):
        if max_size_in_bytes is not None and max_size_in_bytes > MAX_BATCH_BYTES:
            raise ValueError(f"Max message size: {max_size_in_bytes} is too large, acceptable max batch size is: {MAX_BATCH_BYTES} bytes.")
        if partition_key is not None and partition_id is not None:
            raise ValueError("partition_id and partition_key cannot be set at the same time.")
        self.max_size_in_bytes = max_size_in_bytes or MAX_BATCH_BYTES
        self._partition_id = partition_id
        self._partition_key = partition_key
        self._events = []
        self._size = 0

    @property
    def size_in_bytes(self):
        return self._size

    def add(self, event_data):
        """Adds an event; ValueError when the batch would grow past its size."""
        if not isinstance(event_data, EventData):
            raise TypeError(f"An EventDataBatch takes EventData, not {type(event_data).__name__}")
        size = self._size + event_data._size()
        if size > self.max_size_in_bytes:
            raise ValueError(f"EventDataBatch has reached its size limit: {self.max_size_in_bytes}")
        self._events.append(event_data)
        self._size = size

    def __len__(self):
        return len(self._events)

    def __repr__(self):
        return f"EventDataBatch(max_size_in_bytes={self.max_size_in_bytes}, partition_id={self._partition_id}, event_count={len(self)})"


def entity_path(connection_string):
    """The hub a connection string names, or None."""
    for part in connection_string.split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "entitypath":
            return value.strip()
    return None


_MALFORMED = "Connection string is either blank or malformed."


def _is_well_formed(connection_string):
    parts = [part.partition("=") for part in connection_string.split(";") if part]
    names = {name.strip().lower() for name, _, _ in parts}
    return all(sign and value for _, sign, value in parts) and "endpoint" in names


def _allow_placeholder(hub):
    """Text such as "your-connection-string-here" opens the in-browser hub in workshop mode; the SDK, and strict mode, refuse it."""
    try:
        bridge.request("lenient", {"id": "azure-eventhub-placeholder", "cell": output.current_cell(), "detail": {"hub": hub}})
    except PySparkException:
        raise ValueError(_MALFORMED) from None


class Hub:
    """One hub, as the engine knows it by connection string and name."""

    def __init__(self, connection_string, name):
        if not isinstance(connection_string, str) or not connection_string:
            raise ValueError(_MALFORMED)
        self.connection_string = connection_string
        self.name = name or entity_path(connection_string)
        if not _is_well_formed(connection_string):
            _allow_placeholder(self.name or "")
        if not self.name:
            raise ValueError("The eventhub name can not be None. Please specify it as eventhub_name or EntityPath.")

    def info(self):
        return bridge.request("hubInfo", {"connection": self.connection_string, "hub": self.name})["partitions"]

    def partition_ids(self):
        return [str(index) for index in range(len(self.info()))]

    def properties(self):
        return {"eventhub_name": self.name, "created_at": _EPOCH, "partition_ids": self.partition_ids()}

    def partition_properties(self, partition_id):
        info = self.info()[int(partition_id)]
        return {
            "eventhub_name": self.name, "id": str(partition_id), "beginning_sequence_number": info["begin"],
            "last_enqueued_sequence_number": info["next"] - 1, "last_enqueued_offset": str(info["next"] - 1),
            "last_enqueued_time_utc": _EPOCH + datetime.timedelta(microseconds=info["lastEnqueuedMicros"]),
            "is_empty": info["next"] == info["begin"],
        }

    def append(self, events, partition_id, partition_key):
        """Resolves when the events are stored."""
        if not events:
            return
        offsets = [0]
        for event in events:
            offsets.append(offsets[-1] + len(event._body))
        has_properties = any(event.properties for event in events)
        params = {
            "connection": self.connection_string,
            "hub": self.name,
            "values": {"$buffer": 0},
            "valueOffsets": {"$buffer": 1, "$kind": "i32"},
            "partition": None if partition_id is None else int(partition_id),
            "key": partition_key,
            "properties": [_property_texts(event.properties) for event in events] if has_properties else None,
        }
        bridge.request("hubAppend", params, [b"".join(event._body for event in events), struct.pack(f"<{len(offsets)}i", *offsets)])

    def read(self, partition_id, sequence, max_events):
        """(next sequence, events) from `sequence` on; no events when there are none yet."""
        answer = bridge.request("hubRead", {"connection": self.connection_string, "hub": self.name, "partition": int(partition_id),
                                            "from": sequence, "maxEvents": max_events})
        values, offsets, enqueued = bytes(answer["values"]), list(answer["valueOffsets"]), list(answer["enqueuedMicros"])
        first = answer["firstSequence"]
        events = [EventData._received(values[offsets[i]:offsets[i + 1]], first + i, enqueued[i]) for i in range(answer["numRows"])]
        return (first + len(events) if events else sequence), events

    def start_of(self, partition_id, position, inclusive):
        """Sequence number of a starting position: "-1", "@latest", an offset, a sequence number or a time."""
        if isinstance(position, dict):
            position = position.get(str(partition_id), "@latest")
        if isinstance(inclusive, dict):
            inclusive = inclusive.get(str(partition_id), False)
        info = self.info()[int(partition_id)]
        if position in ("-1", None) and position is not None:
            return info["begin"]
        if position in ("@latest", None):
            return info["next"]
        if isinstance(position, datetime.datetime):
            return self._first_after(partition_id, info, position)
        return max(info["begin"], int(position) + (0 if inclusive else 1))

    def _first_after(self, partition_id, info, time):
        if time.tzinfo is None:
            time = time.replace(tzinfo=datetime.timezone.utc)
        sequence = info["begin"]
        while sequence < info["next"]:
            after, events = self.read(partition_id, sequence, 500)
            for event in events:
                if event.enqueued_time >= time:
                    return event.sequence_number
            if after == sequence:
                break
            sequence = after
        return info["next"]


def _property_texts(properties):
    if not properties:
        return None
    return {str(name): value if isinstance(value, str) else value.decode("utf-8", "replace") if isinstance(value, bytes) else json.dumps(value)
            for name, value in properties.items()}


def to_send(batch_or_list, partition_id, partition_key):
    """(events, partition, key) of what send_batch was given."""
    if isinstance(batch_or_list, EventDataBatch):
        if partition_id is not None or partition_key is not None:
            raise TypeError("partition_id and partition_key should be None when sending an EventDataBatch "
                            "because type EventDataBatch itself may have partition_id or partition_key.")
        return batch_or_list._events, batch_or_list._partition_id, batch_or_list._partition_key
    batch = EventDataBatch(None, partition_id, partition_key)
    for event in batch_or_list:
        batch.add(event)
    return batch._events, partition_id, partition_key


class PartitionContext:
    """Where a received event comes from."""

    def __init__(self, hub, consumer_group, partition_id):
        self.fully_qualified_namespace = ""
        self.eventhub_name = hub.name
        self.consumer_group = consumer_group
        self.partition_id = partition_id
        self.last_enqueued_event_properties = None


class ClientBase:
    """What every client has."""

    def __init__(self, connection_string, eventhub_name):
        self._hub = Hub(connection_string, eventhub_name)
        self.eventhub_name = self._hub.name
        self._closed = False
        # A hub exists from its first mention.
        self._hub.info()

    def _check_open(self):
        if self._closed:
            raise EventHubError(f"{type(self).__name__} has been closed. Please create a new one.")
