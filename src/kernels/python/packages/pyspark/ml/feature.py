"""Feature stages."""
from pyspark.ml._absent import Estimator, Model, Transformer


class VectorAssembler(Transformer):
    """Puts columns into one vector."""

    def __init__(self, *, inputCols=None, outputCol=None, handleInvalid="error"):
        super().__init__(inputCols=inputCols, outputCol=outputCol, handleInvalid=handleInvalid)


class StandardScaler(Estimator):
    """Scales vectors."""

    def __init__(self, *, withMean=False, withStd=True, inputCol=None, outputCol=None):
        super().__init__(withMean=withMean, withStd=withStd, inputCol=inputCol, outputCol=outputCol)


class StringIndexer(Estimator):
    """Numbers for labels."""

    def __init__(self, *, inputCol=None, outputCol=None, handleInvalid="error"):
        super().__init__(inputCol=inputCol, outputCol=outputCol, handleInvalid=handleInvalid)


class StandardScalerModel(Model):
    """A fitted scaler."""
