"""Clustering."""
from pyspark.ml._absent import Estimator, Model


class KMeans(Estimator):
    """K-means clustering."""

    def __init__(self, *, featuresCol="features", predictionCol="prediction", k=2, initMode="k-means||", initSteps=2, tol=1e-4,
                 maxIter=20, seed=None, distanceMeasure="euclidean", weightCol=None):
        super().__init__(featuresCol=featuresCol, predictionCol=predictionCol, k=k, initMode=initMode, initSteps=initSteps, tol=tol,
                         maxIter=maxIter, seed=seed, distanceMeasure=distanceMeasure, weightCol=weightCol)


class KMeansModel(Model):
    """A fitted k-means model."""
