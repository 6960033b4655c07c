"""Streaming queries."""
from pyspark.sql.streaming.listener import StreamingQueryListener
from pyspark.sql.streaming.query import StreamingQuery, StreamingQueryManager
from pyspark.sql.streaming.readwriter import DataStreamReader, DataStreamWriter

__all__ = ["StreamingQuery", "StreamingQueryManager", "StreamingQueryListener", "DataStreamReader", "DataStreamWriter"]
