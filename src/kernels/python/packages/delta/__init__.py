"""Delta Lake's Python API."""
from delta.tables import DeltaTable

__all__ = ["DeltaTable"]


def configure_spark_with_delta_pip(spark_session_builder, extra_packages=None):
    """Delta is built in; the builder comes back as it is."""
    return spark_session_builder
