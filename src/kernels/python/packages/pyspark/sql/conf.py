"""spark.conf."""
from pyspark.sql import _args
from pyspark.sql._plan import option_text
from runnel_kernel import bridge

_NO_VALUE = object()


class RuntimeConfig:
    """Session options."""

    def set(self, key, value):
        bridge.request("config", {"op": "set", "key": key, "value": option_text(value)})

    def get(self, key, default=_NO_VALUE):
        self._check(key, "key")
        request = {"op": "get", "key": key}
        if default is not _NO_VALUE:
            if default is not None:
                self._check(default, "default")
            request["fallback"] = default
        return bridge.request("config", request)["value"]

    @property
    def getAll(self):
        return bridge.request("config", {"op": "getAll"})["all"]

    def unset(self, key):
        bridge.request("config", {"op": "unset", "key": key})

    def isModifiable(self, key):
        self._check(key, "key")
        return bridge.request("config", {"op": "isModifiable", "key": key})["value"] == "true"

    @staticmethod
    def _check(value, name):
        if not isinstance(value, str):
            raise _args.type_error("NOT_STR", name, value)
