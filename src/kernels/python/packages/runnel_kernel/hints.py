"""One sentence a learner can act on, for errors that Python itself raises."""
from . import names

_OFFLINE = (
    "Not part of this offline Python. For tables and charts: `display(df)`; "
    "for background sending: the Producers panel or `asyncio`."
)
_EVENT_HUBS_CONF = '`EventHubsConf` is the Scala API. In Python: `ehConf["maxEventsPerTrigger"] = 1000`'
_EVENT_HUBS_FIX = 'ehConf["maxEventsPerTrigger"] = 1000'


def hint_for(exception, source=None):
    """(hint, fix) for an exception; fix replaces `from` by `to` in the cell."""
    own = getattr(exception, "_hint", None)
    if own:
        return own, getattr(exception, "_fix", None)
    if isinstance(exception, ModuleNotFoundError):
        return _OFFLINE, None
    if isinstance(exception, RuntimeError) and "can't start new thread" in str(exception):
        return _OFFLINE, None
    if isinstance(exception, NameError) and exception.name:
        return _name_hint(exception.name, source)
    return None, None


def _name_hint(name, source):
    if name in ("EventHubsConf", "EventPosition"):
        return _EVENT_HUBS_CONF, {"from": _assignment_of(source, name), "to": _EVENT_HUBS_FIX}
    return names.where_defined(name), None


def _assignment_of(source, name):
    """The whole statement that uses `name`, so that the fix replaces it and nothing else."""
    import ast

    try:
        tree = ast.parse(source or "")
    except SyntaxError:
        return ""
    for statement in tree.body:
        if any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(statement)):
            return ast.get_source_segment(source, statement) or ""
    return ""
