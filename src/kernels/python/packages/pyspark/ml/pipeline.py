"""Pipelines."""
from pyspark.ml._absent import Estimator, Model


class Pipeline(Estimator):
    """Stages in order."""

    def __init__(self, *, stages=None):
        super().__init__(stages=stages)


class PipelineModel(Model):
    """A fitted pipeline."""
