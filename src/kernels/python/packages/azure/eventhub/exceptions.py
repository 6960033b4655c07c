"""Exceptions of the client library."""
from ._common import EventHubError


class ConnectError(EventHubError):
    """No connection."""


class ConnectionLostError(EventHubError):
    """The connection went away."""


class AuthenticationError(ConnectError):
    """The key is not accepted."""


class EventDataError(EventHubError):
    """An event cannot be sent."""


class EventDataSendError(EventHubError):
    """Sending failed."""


class OperationTimeoutError(EventHubError):
    """It took too long."""


__all__ = ["EventHubError", "ConnectError", "ConnectionLostError", "AuthenticationError", "EventDataError", "EventDataSendError",
           "OperationTimeoutError"]
