"""The clients for asyncio."""
import asyncio

from .._common import ClientBase, EventDataBatch, PartitionContext, to_send
from .._sync import POLL_S, READ_EVENTS

__all__ = ["EventHubProducerClient", "EventHubConsumerClient"]


class _AsyncClient(ClientBase):
    async def get_partition_ids(self):
        return self._hub.partition_ids()

    async def get_eventhub_properties(self):
        return self._hub.properties()

    async def get_partition_properties(self, partition_id):
        return self._hub.partition_properties(partition_id)

    async def close(self, **_options):
        self._closed = True

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_exc):
        await self.close()


class EventHubProducerClient(_AsyncClient):
    """Sends events to a hub."""

    @classmethod
    def from_connection_string(cls, conn_str, *, eventhub_name=None, **_options):
        return cls(conn_str, eventhub_name)

    async def create_batch(self, *, partition_id=None, partition_key=None, max_size_in_bytes=None, **_options):
        self._check_open()
        return EventDataBatch(max_size_in_bytes, partition_id, partition_key)

    async def send_batch(self, event_data_batch, *, timeout=None, partition_id=None, partition_key=None, **_options):
        self._check_open()
        self._hub.append(*to_send(event_data_batch, partition_id, partition_key))
        # Other tasks have their turn, as they would while a real send is on its way.
        await asyncio.sleep(0)

    async def send_event(self, event_data, *, timeout=None, partition_id=None, partition_key=None, **_options):
        await self.send_batch([event_data], partition_id=partition_id, partition_key=partition_key)

    async def flush(self, **_options):
        """Nothing waits: send_batch returns when the events are stored."""


class _AsyncContext(PartitionContext):
    async def update_checkpoint(self, event=None, **_options):
        """There is no checkpoint store: the next receive starts where it is told to."""


class EventHubConsumerClient(_AsyncClient):
    """Receives events of a hub."""

    def __init__(self, connection_string, consumer_group, eventhub_name):
        super().__init__(connection_string, eventhub_name)
        self._consumer_group = consumer_group

    @classmethod
    def from_connection_string(cls, conn_str, consumer_group, *, eventhub_name=None, **_options):
        return cls(conn_str, consumer_group, eventhub_name)

    async def receive(self, on_event, *, partition_id=None, starting_position="@latest", starting_position_inclusive=False, **_options):
        async def each(context, events):
            for event in events:
                await on_event(context, event)

        await self._receive(each, partition_id, starting_position, starting_position_inclusive, READ_EVENTS)

    async def receive_batch(self, on_event_batch, *, partition_id=None, starting_position="@latest",
                            starting_position_inclusive=False, max_batch_size=300, **_options):
        await self._receive(on_event_batch, partition_id, starting_position, starting_position_inclusive, max_batch_size)

    async def _receive(self, on_events, partition_id, position, inclusive, max_events):
        self._check_open()
        partitions = [partition_id] if partition_id is not None else self._hub.partition_ids()
        following = {partition: self._hub.start_of(partition, position, inclusive) for partition in partitions}
        contexts = {partition: _AsyncContext(self._hub, self._consumer_group, partition) for partition in partitions}
        while not self._closed:
            found = False
            for partition in partitions:
                following[partition], events = self._hub.read(partition, following[partition], max_events)
                if events:
                    found = True
                    await on_events(contexts[partition], events)
            await asyncio.sleep(0 if found else POLL_S)
