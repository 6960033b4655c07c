"""The blocking clients."""
import time

from ._common import ClientBase, EventDataBatch, PartitionContext, to_send

POLL_S = 0.5
READ_EVENTS = 500


class EventHubProducerClient(ClientBase):
    """Sends events to a hub."""

    @classmethod
    def from_connection_string(cls, conn_str, *, eventhub_name=None, **_options):
        return cls(conn_str, eventhub_name)

    def create_batch(self, *, partition_id=None, partition_key=None, max_size_in_bytes=None, **_options):
        self._check_open()
        return EventDataBatch(max_size_in_bytes, partition_id, partition_key)

    def send_batch(self, event_data_batch, *, timeout=None, partition_id=None, partition_key=None, **_options):
        self._check_open()
        self._hub.append(*to_send(event_data_batch, partition_id, partition_key))

    def send_event(self, event_data, *, timeout=None, partition_id=None, partition_key=None, **_options):
        self.send_batch([event_data], partition_id=partition_id, partition_key=partition_key)

    def flush(self, **_options):
        """Nothing waits: send_batch returns when the events are stored."""

    def get_partition_ids(self):
        return self._hub.partition_ids()

    def get_eventhub_properties(self):
        return self._hub.properties()

    def get_partition_properties(self, partition_id):
        return self._hub.partition_properties(partition_id)

    def close(self, **_options):
        self._closed = True

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.close()


class _SyncContext(PartitionContext):
    def update_checkpoint(self, event=None, **_options):
        """There is no checkpoint store: the next receive starts where it is told to."""


class EventHubConsumerClient(ClientBase):
    """Receives events of a hub."""

    def __init__(self, connection_string, consumer_group, eventhub_name):
        super().__init__(connection_string, eventhub_name)
        self._consumer_group = consumer_group

    @classmethod
    def from_connection_string(cls, conn_str, consumer_group, *, eventhub_name=None, **_options):
        return cls(conn_str, consumer_group, eventhub_name)

    get_partition_ids = EventHubProducerClient.get_partition_ids
    get_eventhub_properties = EventHubProducerClient.get_eventhub_properties
    get_partition_properties = EventHubProducerClient.get_partition_properties
    close = EventHubProducerClient.close
    __enter__ = EventHubProducerClient.__enter__
    __exit__ = EventHubProducerClient.__exit__

    def receive(self, on_event, *, partition_id=None, starting_position="@latest", starting_position_inclusive=False,
                max_wait_time=None, **_options):
        """Calls on_event(partition_context, event) until the client is closed."""
        def each(context, events):
            for event in events or [None]:
                on_event(context, event)

        self._receive(each, partition_id, starting_position, starting_position_inclusive, max_wait_time, READ_EVENTS)

    def receive_batch(self, on_event_batch, *, partition_id=None, starting_position="@latest", starting_position_inclusive=False,
                      max_wait_time=None, max_batch_size=300, **_options):
        """Calls on_event_batch(partition_context, events) until the client is closed."""
        self._receive(on_event_batch, partition_id, starting_position, starting_position_inclusive, max_wait_time, max_batch_size)

    def _receive(self, on_events, partition_id, position, inclusive, max_wait_time, max_events):
        self._check_open()
        partitions = [partition_id] if partition_id is not None else self.get_partition_ids()
        following = {partition: self._hub.start_of(partition, position, inclusive) for partition in partitions}
        contexts = {partition: _SyncContext(self._hub, self._consumer_group, partition) for partition in partitions}
        waited = 0.0
        while not self._closed:
            found = False
            for partition in partitions:
                following[partition], events = self._hub.read(partition, following[partition], max_events)
                if events:
                    found = True
                    on_events(contexts[partition], events)
                if self._closed:
                    return
            if found:
                waited = 0.0
                continue
            time.sleep(POLL_S)
            waited += POLL_S
            if max_wait_time and waited >= max_wait_time:
                waited = 0.0
                for partition in partitions:
                    on_events(contexts[partition], [])
