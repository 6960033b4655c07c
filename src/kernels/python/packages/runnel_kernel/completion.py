"""What may be written at a place of a cell: names of live objects, found by looking. Nothing is called and no property is run;
what a call or a property gives is known from a table of Spark's API."""
import builtins
import inspect
import keyword
import re
import sys
import types

_TOKEN = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r"|(?P<string>[rbfuRBFU]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)|'''(?:[^\\]|\\.)*?(?:'''|\Z)"
    r"|\"(?:[^\"\\\n]|\\.)*(?:\"|(?=\n)|\Z)|'(?:[^'\\\n]|\\.)*(?:'|(?=\n)|\Z)))"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<space>\s+|\\\n)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_FROM_IMPORT = re.compile(r"(?:^|\n)[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t(]+(?:[\w \t,]*,[ \t]*)?(\w*)$")
_IMPORT = re.compile(r"^[ \t]*import[ \t]+([\w.]+)[ \t]+as[ \t]+(\w+)", re.MULTILINE)
_IMPORT_FROM = re.compile(r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([\w \t,\n]+)", re.MULTILINE)
_OWN = ("pyspark", "delta", "azure", "notebookutils")
_LABELS_MAX = 2000


def complete(code, offset, namespace):
    """{"from", "labels", "kinds"}: the labels take the place of what stands between `from` and the offset."""
    head = code[:offset]
    imported = _FROM_IMPORT.search(head)
    if imported is not None:
        module = _module(imported[1])
        found = {} if module is None else {name: kind for name, kind in _members(_Live(module)).items()}
        return _answer(offset, imported[2], found)
    tokens = _tokens(head)
    namespace = {**_imported(code), **namespace}
    if _is_in_text(head, tokens):
        return _in_text(offset, tokens, namespace)
    word = ""
    if tokens and tokens[-1].end == offset:
        if tokens[-1].kind == "number":
            return _answer(offset, "", {})
        if tokens[-1].kind == "name":
            word = tokens.pop().text
    if tokens and tokens[-1].text == ".":
        thing = _resolve(tokens[:-1], namespace)
        return _answer(offset, word, {} if thing is None else _members(thing))
    return _answer(offset, word, _names(namespace))


def describe(code, offset, namespace):
    """{"signature", "doc", "function"} of the name that ends at the offset, or None; `function` is Spark's name of a function."""
    tokens = _tokens(code[:offset])
    if not tokens or tokens[-1].kind != "name":
        return None
    thing = _resolve(tokens, {**_imported(code), **namespace})
    if thing is None:
        return None
    target = thing.value if isinstance(thing, _Live) else thing.function if isinstance(thing, _Method) else None
    if target is None:
        return None
    is_described = callable(target) or isinstance(target, types.ModuleType)
    return {
        "signature": _signature(tokens[-1].text, target),
        "doc": inspect.getdoc(target) if is_described and not _is_table_function(target) else None,
        "function": target._spark_name if _is_table_function(target) else None,
    }


def _imported(code):
    """What the cell's imports of our packages will define, also before it has run."""
    found = {}
    for path, name in _IMPORT.findall(code):
        if path.split(".")[0] in _OWN and _module(path) is not None:
            found[name] = _module(path)
    for path, names in _IMPORT_FROM.findall(code):
        module = _module(path) if path.split(".")[0] in _OWN else None
        for item in names.split(",") if module is not None else ():
            name, *alias = item.split()[::2] or [""]
            target = vars(module).get(name) or _module(f"{path}.{name}") if name else None
            if target is not None:
                found[alias[0] if alias else name] = target
    return found


def _answer(offset, word, found):
    fitting = sorted(name for name in found
                     if name.startswith(word) and (word.startswith("_") or not name.startswith("_")))[:_LABELS_MAX]
    return {"from": offset - len(word), "labels": fitting, "kinds": [found[name] for name in fitting]}


class _Token:
    def __init__(self, match):
        self.kind, self.text, self.start, self.end = match.lastgroup, match[0], match.start(), match.end()


def _tokens(head):
    """Without space, and without comments but one the head ends in."""
    return [_Token(match) for match in _TOKEN.finditer(head)
            if match.lastgroup != "space" and (match.lastgroup != "comment" or match.end() == len(head))]


def _is_in_text(head, tokens):
    if not tokens or tokens[-1].end != len(head):
        return False
    last = tokens[-1]
    if last.kind == "comment":
        return True
    if last.kind != "string":
        return False
    body = re.sub(r"^[rbfuRBFU]{0,2}", "", last.text)
    quote = body[:3] if body[:3] in ('"""', "'''") else body[0]
    return len(body) < 2 * len(quote) or not body.endswith(quote) or re.search(r"(?<!\\)(\\\\)*\\.\Z", body) is not None


# Inside a string: names of options

def _in_text(offset, tokens, namespace):
    text = tokens[-1].text
    word = re.sub(r"^[rbfuRBFU]{0,2}[\"']+", "", text)
    if tokens[-1].kind != "string" or not re.fullmatch(r"[\w.]*", word):
        return _answer(offset, "", {})
    if len(tokens) >= 3 and tokens[-2].text == "(" and tokens[-3].text == "option":
        return _answer(offset, word, {name: "option" for name in _option_names(tokens[:-3], namespace)})
    if len(tokens) >= 3 and tokens[-2].text == "(" and tokens[-3].text == "format":
        owner = _resolve(tokens[:-4], namespace)
        names = _FORMATS.get(_type_name(owner), ())
        return _answer(offset, word, {name: "option" for name in names})
    return _answer(offset, "", {})


def _option_names(tokens, namespace):
    """Options of the reader or writer in front of `.option(`, for the format its chain names."""
    owner = _type_name(_resolve(tokens[:-1], namespace))
    chosen = None
    for at in range(len(tokens) - 2):
        if tokens[at].text == "format" and tokens[at + 1].text == "(" and tokens[at + 2].kind == "string":
            chosen = tokens[at + 2].text.strip("\"'").lower()
    return _OPTIONS.get((owner, chosen), _OPTIONS.get((owner, None), ()))


_FORMATS = {
    "DataStreamReader": ("delta", "eventhubs", "json", "kafka", "rate"),
    "DataStreamWriter": ("console", "delta", "eventhubs", "kafka", "memory", "noop"),
    "DataFrameReader": ("delta", "eventhubs", "json", "kafka"),
    "DataFrameWriter": ("delta", "noop"),
}
_EVENT_HUB = ("eventhubs.connectionString", "eventhubs.consumerGroup", "eventhubs.startingPosition",
              "eventhubs.maxEventsPerTrigger")
_KAFKA = ("kafka.bootstrap.servers", "subscribe", "subscribePattern", "assign", "startingOffsets", "endingOffsets",
          "maxOffsetsPerTrigger", "minPartitions", "failOnDataLoss", "includeHeaders")
_CHECKPOINT = ("checkpointLocation",)
_OPTIONS = {
    ("DataStreamReader", "eventhubs"): _EVENT_HUB,
    ("DataFrameReader", "eventhubs"): _EVENT_HUB,
    ("DataStreamReader", "kafka"): _KAFKA,
    ("DataFrameReader", "kafka"): _KAFKA,
    ("DataStreamReader", "rate"): ("rowsPerSecond", "rampUpTime", "numPartitions"),
    ("DataStreamReader", "json"): ("maxFilesPerTrigger", "maxBytesPerTrigger", "latestFirst", "maxFileAge", "pathGlobFilter",
                                   "recursiveFileLookup"),
    ("DataStreamReader", "delta"): ("maxFilesPerTrigger", "maxBytesPerTrigger", "startingVersion", "startingTimestamp",
                                    "ignoreDeletes", "ignoreChanges", "skipChangeCommits"),
    ("DataFrameReader", "delta"): ("versionAsOf", "timestampAsOf"),
    ("DataStreamWriter", "console"): (*_CHECKPOINT, "numRows", "truncate"),
    ("DataStreamWriter", "eventhubs"): (*_CHECKPOINT, "eventhubs.connectionString"),
    ("DataStreamWriter", "kafka"): (*_CHECKPOINT, "kafka.bootstrap.servers", "topic"),
    ("DataStreamWriter", None): (*_CHECKPOINT, "mergeSchema"),
    ("DataFrameWriter", None): ("mergeSchema", "overwriteSchema", "replaceWhere", "txnAppId", "txnVersion"),
}


# What a chain of names, calls and indexes gives

class _Live:
    """An object that is there."""

    def __init__(self, value):
        self.value = value


class _Typed:
    """Something of a class that nobody made yet."""

    def __init__(self, cls):
        self.cls = cls


class _Method:
    """A function of a class or object, not called."""

    def __init__(self, owner, name, function):
        self.owner, self.name, self.function = owner, name, function


def _resolve(tokens, namespace):
    """The thing a chain that ends the tokens stands for; None when looking does not tell."""
    at = len(tokens) - 1
    if at < 0:
        return None
    if tokens[at].kind == "string":
        return _Typed(str)
    if tokens[at].text in ")]":
        opening = _opening(tokens, at)
        if opening is None:
            return None
        is_grouping = opening == 0 or (tokens[opening - 1].kind not in ("name", "string")
                                       and tokens[opening - 1].text not in ")]") or _is_keyword(tokens[opening - 1])
        if is_grouping:
            return _resolve(tokens[opening + 1:at], namespace) if tokens[at].text == ")" else _Typed(list)
        target = _resolve(tokens[:opening], namespace)
        return _called(target) if tokens[at].text == ")" else _indexed(target)
    if tokens[at].kind != "name":
        return None
    name = tokens[at].text
    if at > 0 and tokens[at - 1].text == ".":
        owner = _resolve(tokens[:at - 1], namespace)
        return None if owner is None else _attribute(owner, name)
    if name in namespace:
        return _Live(namespace[name])
    return _Live(vars(builtins)[name]) if name in vars(builtins) else None


def _is_keyword(token):
    return token.kind == "name" and keyword.iskeyword(token.text)


def _opening(tokens, at):
    depth = 0
    for i in range(at, -1, -1):
        if tokens[i].kind == "other" and tokens[i].text in ")]}":
            depth += 1
        elif tokens[i].kind == "other" and tokens[i].text in "([{":
            depth -= 1
            if depth == 0:
                return i
    return None


def _attribute(owner, name):
    cls = owner.value if isinstance(owner, _Live) and isinstance(owner.value, type) else _class_of(owner)
    target = owner.value if isinstance(owner, _Live) else cls
    if cls is None:
        return None
    declared = _declared(cls, name)
    try:
        static = inspect.getattr_static(target, name)
    except AttributeError:
        return None
    if isinstance(static, (staticmethod, classmethod)):
        return _Method(cls, name, static.__func__)
    if inspect.isroutine(static):
        return _Method(cls, name, static)
    if declared is not None:
        return _Typed(declared)
    # Data of the object itself. A descriptor would have to be run.
    if isinstance(owner, _Live) and not hasattr(type(static), "__get__"):
        return _Live(static)
    return None


def _called(target):
    if isinstance(target, _Method):
        declared = _declared(target.owner, target.name)
        return None if declared is None else _Typed(declared)
    if isinstance(target, _Live) and isinstance(target.value, type):
        return _Typed(target.value)
    if isinstance(target, _Live) and getattr(type(target.value), "__module__", "") == "pyspark.sql.functions":
        return _Typed(_spark_class("Column"))
    if isinstance(target, _Live) and isinstance(target.value, types.FunctionType):
        if target.value.__module__ == "pyspark.sql.functions":
            return _Typed(_spark_class("Column"))
        returned = target.value.__annotations__.get("return")
        return _Typed(returned) if isinstance(returned, type) else None
    return None


def _indexed(target):
    return _Typed(_spark_class("Column")) if _type_name(target) in ("DataFrame", "Column") else None


def _class_of(thing):
    if isinstance(thing, _Live):
        return type(thing.value)
    return thing.cls if isinstance(thing, _Typed) else None


def _type_name(thing):
    cls = _class_of(thing)
    return "" if cls is None else cls.__name__


# Spark's API: what attributes and calls give

_SELF = "self"
_FRAMES = ("select selectExpr filter where withColumn withColumns withColumnRenamed withColumnsRenamed withMetadata drop toDF to "
           "alias transform distinct dropDuplicates drop_duplicates dropDuplicatesWithinWatermark withWatermark hint observe sort "
           "orderBy sortWithinPartitions limit offset sample repartition repartitionByRange coalesce join crossJoin union unionAll "
           "unionByName intersect intersectAll subtract exceptAll agg describe summary unpivot melt fillna dropna replace cache "
           "persist unpersist checkpoint localCheckpoint")


def _all(names, result):
    return dict.fromkeys(names.split(), result)


_GIVES = {
    "SparkSession": {"read": "DataFrameReader", "readStream": "DataStreamReader", "streams": "StreamingQueryManager",
                     "catalog": "Catalog", "conf": "RuntimeConfig", "builder": "Builder", "version": str,
                     **_all("sql table range createDataFrame", "DataFrame"), "newSession": "SparkSession",
                     **_all("getActiveSession active", "SparkSession")},
    "Builder": {**_all("appName master config remote enableHiveSupport", _SELF), "getOrCreate": "SparkSession"},
    "DataFrameReader": {**_all("format option options schema", _SELF),
                        **_all("load table json csv parquet orc text xml jdbc", "DataFrame")},
    "DataStreamReader": {**_all("format option options schema", _SELF),
                         **_all("load table json csv parquet orc text xml", "DataFrame")},
    "DataFrameWriter": _all("format option options mode partitionBy clusterBy bucketBy sortBy", _SELF),
    "DataStreamWriter": {**_all("format option options outputMode queryName partitionBy clusterBy trigger foreachBatch foreach",
                                _SELF), **_all("start toTable", "StreamingQuery")},
    "StreamingQueryManager": {"active": list, "get": "StreamingQuery"},
    "StreamingQuery": {"id": str, "runId": str, "name": str, "status": dict, "recentProgress": list, "isActive": bool},
    "DataFrame": {**_all(_FRAMES, "DataFrame"), **_all("groupBy groupby rollup cube", "GroupedData"),
                  "write": "DataFrameWriter", "writeStream": "DataStreamWriter", "writeTo": "DataFrameWriterV2",
                  "na": "DataFrameNaFunctions", "sparkSession": "SparkSession", "columns": list, "dtypes": list,
                  "schema": "StructType", **_all("collect take tail", list), "count": int, **_all("first", "Row")},
    "DataFrameNaFunctions": _all("fill drop replace", "DataFrame"),
    "GroupedData": {**_all("agg count sum avg mean min max", "DataFrame"), "pivot": _SELF},
    "StructType": {"add": _SELF},
    "Window": _all("partitionBy orderBy rowsBetween rangeBetween", "WindowSpec"),
    "WindowSpec": _all("partitionBy orderBy rowsBetween rangeBetween", _SELF),
    "DeltaTable": {**_all("forPath forName", "DeltaTable"), "toDF": "DataFrame", "alias": _SELF, "history": "DataFrame",
                   "detail": "DataFrame", "merge": "DeltaMergeBuilder", "optimize": "DeltaOptimizeBuilder"},
    "DeltaMergeBuilder": _all("whenMatchedUpdate whenMatchedUpdateAll whenMatchedDelete whenNotMatchedInsert "
                              "whenNotMatchedInsertAll whenNotMatchedBySourceUpdate whenNotMatchedBySourceDelete", _SELF),
}
_MODULES = ("pyspark.sql.session", "pyspark.sql.dataframe", "pyspark.sql.column", "pyspark.sql.group", "pyspark.sql.catalog",
            "pyspark.sql.conf", "pyspark.sql.readwriter", "pyspark.sql.streaming.readwriter", "pyspark.sql.streaming.query",
            "pyspark.sql.types", "pyspark.sql.window", "delta.tables")


def _declared(cls, name):
    """The class of what an attribute or a call of a method gives; None when nothing says it."""
    if not cls.__module__.startswith(_OWN):
        return None
    if cls.__name__ == "Column" and cls is _spark_class("Column"):
        return cls if callable(getattr(cls, name, None)) else None
    given = next((_GIVES[base.__name__][name] for base in cls.__mro__ if name in _GIVES.get(base.__name__, ())), None)
    if given == _SELF:
        return cls
    return _spark_class(given) if isinstance(given, str) else given


def _spark_class(name):
    if name == "Column":
        return vars(_module("pyspark.sql.column"))["Column"]
    for path in _MODULES:
        module = _module(path)
        found = None if module is None else vars(module).get(name)
        if isinstance(found, type):
            return found
    return None


# Members and kinds

def _names(namespace):
    found = {name: "keyword" for name in keyword.kwlist}
    for scope in (vars(builtins), namespace):
        found.update((name, _kind(value)) for name, value in scope.items() if isinstance(name, str))
    return found


def _members(thing):
    if isinstance(thing, _Live) and isinstance(thing.value, types.ModuleType):
        return {name: _kind(value) for name, value in vars(thing.value).items()}
    if isinstance(thing, _Live):
        value = thing.value
        return {name: _kind_in(value, name) for name in _dir(value)}
    cls = _class_of(thing)
    return {} if cls is None else {name: _kind_in(cls, name) for name in dir(cls)}


def _dir(value):
    """`dir` of an object; a `__dir__` that somebody else wrote is not run."""
    if isinstance(value, type):
        return dir(value)
    written = inspect.getattr_static(type(value), "__dir__", None)
    if written is object.__dict__["__dir__"] or type(value).__module__.startswith(_OWN):
        return dir(value)
    own = value.__dict__ if isinstance(inspect.getattr_static(type(value), "__dict__", None), types.GetSetDescriptorType) else {}
    return {*dir(type(value)), *own}


def _kind_in(value, name):
    try:
        static = inspect.getattr_static(value, name)
    except AttributeError:
        return "variable"
    if isinstance(static, (staticmethod, classmethod)):
        return "function"
    return "property" if isinstance(static, property) else _kind(static)


def _kind(value):
    if isinstance(value, type):
        return "class"
    if isinstance(value, types.ModuleType):
        return "module"
    return "function" if inspect.isroutine(value) or _is_table_function(value) else "variable"


def _is_table_function(value):
    return type(value).__module__ == "pyspark.sql.functions" and type(value).__name__ == "_Function"


def _signature(name, target):
    if not callable(target):
        return None
    try:
        return f"{name}{_without_self(inspect.signature(target))}"
    except (TypeError, ValueError):
        return None


def _without_self(signature):
    kept = [one for one in signature.parameters.values() if one.name not in ("self", "cls")]
    return signature.replace(parameters=kept)


def _module(path):
    """A module that is loaded, or one of ours: loading those does nothing else."""
    if path in sys.modules:
        return sys.modules[path]
    if path.split(".")[0] not in _OWN:
        return None
    try:
        return __import__(path, fromlist=["_"])
    except ImportError:
        return None
