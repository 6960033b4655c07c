"""Batch readers and writers."""
from pyspark.errors.exceptions.captured import engine_error
from pyspark.sql import _args, _plan
from pyspark.sql.column import Column
from pyspark.sql.types import StructType
from runnel_kernel import bridge


class OptionBag:
    """format, option and options, as every reader and writer has them."""

    def __init__(self):
        self._format = None
        self._options = {}

    def format(self, source):
        self._format = source
        return self

    def option(self, key, value):
        text = _plan.option_text(value)
        if text is not None:
            self._options[key] = text
        return self

    def options(self, **options):
        for key, value in options.items():
            self.option(key, value)
        return self

    def _set_options(self, **options):
        """Keyword options of csv(), json() and such; None means not given."""
        for key, value in options.items():
            if value is not None:
                self.option(key, value)


class ReaderBase(OptionBag):
    """What batch and streaming readers share."""

    _is_streaming = False

    def __init__(self, session):
        super().__init__()
        self._session = session
        self._schema = None

    def schema(self, schema):
        if isinstance(schema, StructType):
            self._schema = schema.json()
        elif isinstance(schema, str):
            self._schema = schema
        else:
            raise _args.type_error("NOT_STR_OR_STRUCT", "schema", schema)
        return self

    def _source(self, paths, predicates=None):
        source = {}
        if self._format is not None:
            source["format"] = self._format
        # Apache's client sends an empty schema where none is given.
        source["schema"] = self._schema or ""
        if self._options:
            source["options"] = dict(self._options)
        if paths:
            source["paths"] = list(paths)
        return self._frame({"dataSource": source})

    def _named_table(self, name):
        table = {"unparsedIdentifier": name}
        if self._options:
            table["options"] = dict(self._options)
        return self._frame({"namedTable": table})

    def _frame(self, read):
        from pyspark.sql.dataframe import DataFrame

        return DataFrame(_plan.relation(read={**read, "isStreaming": self._is_streaming}), self._session)

    def _files(self, source, path, schema, options):
        self.format(source)
        if schema is not None:
            self.schema(schema)
        self._set_options(**options)
        return self.load(path)

    def json(self, path, schema=None, **options):
        return self._files("json", path, schema, options)

    def csv(self, path, schema=None, sep=None, **options):
        return self._files("csv", path, schema, {"sep": sep, **options})

    def parquet(self, *paths, **options):
        self._set_options(**options)
        return self.format("parquet").load(list(paths) if len(paths) != 1 else paths[0])

    def orc(self, path, **options):
        return self._files("orc", path, None, options)

    def text(self, paths, wholetext=False, lineSep=None, **options):
        return self._files("text", paths, None, {"wholetext": wholetext, "lineSep": lineSep, **options})

    def xml(self, path, rowTag=None, schema=None, **options):
        return self._files("xml", path, schema, {"rowTag": rowTag, **options})


class DataFrameReader(ReaderBase):
    """spark.read"""

    def load(self, path=None, format=None, schema=None, **options):
        if format is not None:
            self.format(format)
        if schema is not None:
            self.schema(schema)
        self.options(**options)
        if path is not None and not isinstance(path, (str, list, tuple)):
            raise _args.type_error("NOT_LIST_OR_STR_OR_TUPLE", "path", path)
        return self._source([path] if isinstance(path, str) else path or [])

    def table(self, tableName):
        if not isinstance(tableName, str):
            raise _args.type_error("NOT_STR", "tableName", tableName)
        return self._named_table(tableName)

    def json(self, path, schema=None, **options):
        if not isinstance(path, (str, list)):
            raise _args.type_error("NOT_STR_OR_LIST_OF_RDD", "path", path)
        return super().json(path, schema, **options)

    def jdbc(self, url, table, **_options):
        from pyspark.sql.dataframe import _not_here

        raise _not_here("DataFrameReader.jdbc", "There is no database to reach from the browser. Read files or tables.")


_SAVE_MODES = {
    "append": "SAVE_MODE_APPEND",
    "overwrite": "SAVE_MODE_OVERWRITE",
    "error": "SAVE_MODE_ERROR_IF_EXISTS",
    "errorifexists": "SAVE_MODE_ERROR_IF_EXISTS",
    "ignore": "SAVE_MODE_IGNORE",
}


class DataFrameWriter(OptionBag):
    """df.write"""

    def __init__(self, df):
        super().__init__()
        refuse_stream(df, "write")
        self._df = df
        self._mode = None
        self._partitioning = []
        self._clustering = []
        self._bucket = None
        self._sorting = []

    def mode(self, saveMode):
        if saveMode is not None:
            name = _SAVE_MODES.get(saveMode.lower()) if saveMode.lower() != "default" else "SAVE_MODE_ERROR_IF_EXISTS"
            if name is None:
                raise engine_error("AnalysisException", "INVALID_SAVE_MODE",
                                   f'The specified save mode "{saveMode}" is invalid. Valid save modes include "append", '
                                   '"overwrite", "ignore", "error", "errorifexists", and "default".',
                                   {"mode": f'"{saveMode}"'}, "42000")
            self._mode = name
        return self

    def partitionBy(self, *cols):
        self._partitioning = _args.flatten(cols)
        return self

    def clusterBy(self, *cols):
        self._clustering = _args.flatten(cols)
        return self

    def bucketBy(self, numBuckets, col, *cols):
        if not isinstance(numBuckets, int):
            raise _args.type_error("NOT_INT", "numBuckets", numBuckets)
        self._bucket = {"bucketColumnNames": [col, *cols], "numBuckets": numBuckets}
        return self

    def sortBy(self, col, *cols):
        self._sorting = [col, *cols]
        return self

    def _write(self, **target):
        write = {"input": self._df._plan, **target}
        if self._format is not None:
            write["source"] = self._format
        if self._mode is not None:
            write["mode"] = self._mode
        for field, value in (("partitioningColumns", self._partitioning), ("clusteringColumns", self._clustering),
                             ("sortColumnNames", self._sorting), ("options", self._options)):
            if value:
                write[field] = value
        if self._bucket:
            write["bucketBy"] = self._bucket
        bridge.execute({"command": {"writeOperation": write}})

    def _prepare(self, format, mode, partition_by, options):
        self.mode(mode)
        if format is not None:
            self.format(format)
        if partition_by is not None:
            self.partitionBy(partition_by) if isinstance(partition_by, str) else self.partitionBy(*partition_by)
        self.options(**options)

    def save(self, path=None, format=None, mode=None, partitionBy=None, **options):
        self._prepare(format, mode, partitionBy, options)
        self._write(**({"path": path} if path is not None else {}))

    def saveAsTable(self, name, format=None, mode=None, partitionBy=None, **options):
        self._prepare(format, mode, partitionBy, options)
        self._write(table={"tableName": name, "saveMethod": "TABLE_SAVE_METHOD_SAVE_AS_TABLE"})

    def insertInto(self, tableName, overwrite=None):
        if overwrite is not None:
            self.mode("overwrite" if overwrite else "append")
        self._write(table={"tableName": tableName, "saveMethod": "TABLE_SAVE_METHOD_INSERT_INTO"})

    def _files(self, source, path, mode, options):
        self.mode(mode)
        self._set_options(**options)
        self.format(source).save(path)

    def json(self, path, mode=None, **options):
        self._files("json", path, mode, options)

    def csv(self, path, mode=None, **options):
        self._files("csv", path, mode, options)

    def parquet(self, path, mode=None, partitionBy=None, compression=None):
        if partitionBy is not None:
            self._prepare(None, None, partitionBy, {})
        self._files("parquet", path, mode, {"compression": compression})

    def text(self, path, compression=None, lineSep=None):
        self._files("text", path, None, {"compression": compression, "lineSep": lineSep})

    def orc(self, path, mode=None, partitionBy=None, compression=None):
        self._files("orc", path, mode, {"compression": compression})

    def jdbc(self, url, table, **_options):
        from pyspark.sql.dataframe import _not_here

        raise _not_here("DataFrameWriter.jdbc", "There is no database to reach from the browser. Write to a table.")


def refuse_stream(df, method):
    """Batch writing refuses a stream, with Spark's words."""
    if df.isStreaming:
        raise engine_error("AnalysisException", "CALL_ON_STREAMING_DATASET_UNSUPPORTED",
                           f"The method `{method}` can not be called on streaming Dataset/DataFrame.",
                           {"methodName": f"`{method}`"}, "42KDE", "A stream is written with `df.writeStream`.")


class DataFrameWriterV2:
    """df.writeTo(table)"""

    def __init__(self, df, table):
        refuse_stream(df, "writeTo")
        self._df = df
        self._table = table
        self._provider = None
        self._options = {}
        self._properties = {}
        self._partitioning = []
        self._clustering = []

    def using(self, provider):
        self._provider = provider
        return self

    def option(self, key, value):
        self._options[key] = _plan.option_text(value)
        return self

    def options(self, **options):
        for key, value in options.items():
            self.option(key, value)
        return self

    def tableProperty(self, property, value):
        self._properties[property] = value
        return self

    def partitionedBy(self, col, *cols):
        self._partitioning = [_args.to_column(value)._expr for value in (col, *cols)]
        return self

    def clusterBy(self, col, *cols):
        self._clustering = [col, *cols]
        return self

    def _write(self, mode, condition=None):
        write = {"input": self._df._plan, "tableName": self._table, "mode": f"MODE_{mode}"}
        for field, value in (("provider", self._provider), ("options", self._options), ("tableProperties", self._properties),
                             ("partitioningColumns", self._partitioning), ("clusteringColumns", self._clustering)):
            if value:
                write[field] = value
        if condition is not None:
            if not isinstance(condition, Column):
                raise _args.type_error("NOT_COLUMN", "condition", condition)
            write["overwriteCondition"] = condition._expr
        bridge.execute({"command": {"writeOperationV2": write}})

    def create(self):
        self._write("CREATE")

    def replace(self):
        self._write("REPLACE")

    def createOrReplace(self):
        self._write("CREATE_OR_REPLACE")

    def append(self):
        self._write("APPEND")

    def overwrite(self, condition):
        self._write("OVERWRITE", condition)

    def overwritePartitions(self):
        self._write("OVERWRITE_PARTITIONS")


