"""Classes of Spark ML that can be made and configured, but not used yet."""
from pyspark.errors import PySparkException, PySparkNotImplementedError
from pyspark.errors.exceptions.captured import engine_error
from runnel_kernel import bridge

_TRAIN_HINT = ("The workshop ships no model; its schema lacks `page_loading_seconds`, and KMeans needs a `features` vector. "
               "Open notebook 12: train one.")


def refusal(feature):
    """Refuses a use by name."""
    error = PySparkNotImplementedError(errorClass="NOT_IMPLEMENTED", messageParameters={"feature": feature})
    error._hint = "Spark ML does not run in this notebook yet."
    return error


class Params:
    """Keyword parameters with getters and setters, as every stage has them."""

    def __init__(self, **params):
        self._params = params

    def __getattr__(self, name):
        if name.startswith("set") and len(name) > 3:
            def set_value(value):
                self._params[name[3].lower() + name[4:]] = value
                return self

            return set_value
        key = name[3].lower() + name[4:] if name.startswith("get") and len(name) > 3 else None
        if key is not None and key in self.__dict__.get("_params", {}):
            return lambda: self._params[key]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __repr__(self):
        return f"{type(self).__name__}_{id(self):012x}"


class Transformer(Params):
    """A stage that adds columns."""

    def transform(self, dataset, params=None):
        raise refusal(f"{type(self).__name__}.transform")


class Estimator(Params):
    """A stage that learns a model."""

    def fit(self, dataset, params=None):
        raise refusal(f"{type(self).__name__}.fit")


class Model(Transformer):
    """A learned model; only `load` makes one."""

    @classmethod
    def load(cls, path):
        if not _is_there(path):
            shown = path if "://" in path or path.startswith("file:") else f"file:{path}"
            raise engine_error("AnalysisException", "PATH_NOT_FOUND", f"Path does not exist: {shown}/metadata.",
                               {"path": f"{shown}/metadata"}, "42K03", _TRAIN_HINT)
        raise refusal(f"{cls.__name__}.load")

    @classmethod
    def read(cls):
        raise refusal(f"{cls.__name__}.read")


def _is_there(path):
    try:
        return len(bridge.request("fileList", {"path": f"{path.rstrip('/')}/metadata"})["entries"]) > 0
    except PySparkException as missing:
        if "NOT_FOUND" in (missing.getCondition() or ""):
            return False
        raise
