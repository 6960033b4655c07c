"""Fabric's notebook utilities over the files and secrets of this browser."""
import types

from . import credentials, fs, notebook, runtime

__all__ = ["fs", "credentials", "notebook", "runtime", "mssparkutils", "dbutils"]

mssparkutils = types.SimpleNamespace(fs=fs, credentials=credentials, notebook=notebook, runtime=runtime)


def help(name=""):
    """Prints what there is."""
    print("notebookutils.fs            ls, cp, mv, rm, put, append, head, mkdirs, exists")
    print("notebookutils.credentials   getSecret, putSecret")
    print("notebookutils.notebook      exit")
    print("notebookutils.runtime       context")


class _Secrets:
    """dbutils.secrets"""

    @staticmethod
    def get(scope, key):
        return credentials.getSecret(scope, key)


class _Widgets:
    """dbutils.widgets: refused by name."""

    def __getattr__(self, name):
        from ._refusal import refusal

        raise refusal(f"dbutils.widgets.{name}", "Assign the value in a cell instead.")


dbutils = types.SimpleNamespace(fs=fs, notebook=notebook, secrets=_Secrets, widgets=_Widgets())
