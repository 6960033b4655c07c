"""Spark ML: the names workshop texts import. Nothing here trains or scores yet; each use says so by name."""
from pyspark.ml.pipeline import Pipeline, PipelineModel

__all__ = ["Pipeline", "PipelineModel"]
