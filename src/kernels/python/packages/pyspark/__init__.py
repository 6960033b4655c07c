"""PySpark for Runnel: the API of Spark 4.1 over plans that an engine in this browser runs."""
from pyspark.context import Accumulator, Broadcast, SparkConf, SparkContext
from pyspark.sql.types import Row
from pyspark.storagelevel import StorageLevel
from pyspark.version import __version__

__all__ = ["SparkConf", "SparkContext", "StorageLevel", "Broadcast", "Accumulator", "Row", "__version__"]
