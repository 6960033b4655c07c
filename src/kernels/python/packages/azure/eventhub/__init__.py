"""Azure Event Hubs over the hubs in this browser: the client library's names and rules."""
from enum import Enum

from ._common import EventData, EventDataBatch, PartitionContext
from ._sync import EventHubConsumerClient, EventHubProducerClient


class TransportType(Enum):
    """Accepted wherever the library takes one."""

    Amqp = 1
    AmqpOverWebsocket = 2


__version__ = "5.15.0"
__all__ = ["EventData", "EventDataBatch", "EventHubProducerClient", "EventHubConsumerClient", "PartitionContext", "TransportType"]
