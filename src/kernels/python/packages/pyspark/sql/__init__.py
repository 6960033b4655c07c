"""DataFrames, columns and the session."""
from pyspark.sql.catalog import Catalog
from pyspark.sql.column import Column
from pyspark.sql.dataframe import DataFrame, DataFrameNaFunctions
from pyspark.sql.group import GroupedData
from pyspark.sql.observation import Observation
from pyspark.sql.readwriter import DataFrameReader, DataFrameWriter, DataFrameWriterV2
from pyspark.sql.session import SparkSession, SQLContext
from pyspark.sql.types import Row
from pyspark.sql.window import Window, WindowSpec

__all__ = ["SparkSession", "SQLContext", "Column", "DataFrame", "GroupedData", "DataFrameNaFunctions", "Observation", "Row",
           "Window", "WindowSpec", "DataFrameReader", "DataFrameWriter", "DataFrameWriterV2", "Catalog"]
