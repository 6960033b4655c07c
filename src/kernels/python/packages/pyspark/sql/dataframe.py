"""DataFrames: a plan, analysed as soon as it is made, as in classic PySpark."""
import random
import weakref

from pyspark.errors import (
    PySparkAttributeError,
    PySparkIndexError,
    PySparkNotImplementedError,
    PySparkTypeError,
    PySparkValueError,
)
from pyspark.errors.exceptions.captured import engine_error, illegal_argument
from pyspark.sql import _args, _plan
from pyspark.sql import types
from pyspark.sql.column import Column
from runnel_kernel import bridge

_EXPLAIN_MODES = ("simple", "extended", "codegen", "cost", "formatted")


class LocalData(dict):
    """The LocalRelation of a plan; when no plan holds it any more the host forgets the rows."""

    def __init__(self, token, schema_json):
        super().__init__(data=token, schema=schema_json)
        weakref.finalize(self, bridge.release_local, token)


class DataFrame:
    """Rows of a schema. Transformations make new DataFrames; actions ask the engine for rows."""

    def __init__(self, plan, session, schema=None):
        self._plan = plan
        self._session = session
        self._is_streaming = None
        # Analysed at once: an error belongs to the line that made it.
        self._schema = schema if schema is not None else self._analyzed_schema()

    @classmethod
    def _from_local(cls, session, token, schema_json):
        data = LocalData(token, schema_json)
        return cls(_plan.relation(localRelation=data), session, types._parse_datatype_json_string(schema_json))

    def _analyzed_schema(self):
        return types._parse_datatype_json_string(self._analyze("schema")["schemaJson"])

    def _analyze(self, kind, **ask):
        return bridge.analyze(_plan.root(self._plan), kind, **ask)

    def _with(self, **kind):
        return DataFrame(_plan.relation(**kind), self._session)

    def _on(self, kind, /, **fields):
        return self._with(**{kind: {"input": self._plan, **fields}})

    # What it is

    @property
    def schema(self):
        return self._schema

    @property
    def columns(self):
        return list(self._schema.names)

    @property
    def dtypes(self):
        return [(field.name, field.dataType.simpleString()) for field in self._schema.fields]

    @property
    def isStreaming(self):
        if self._is_streaming is None:
            self._is_streaming = self._analyze("isStreaming")["flag"]
        return self._is_streaming

    def isLocal(self):
        return self._analyze("isLocal")["flag"]

    @property
    def sparkSession(self):
        return self._session

    @property
    def sql_ctx(self):
        return self._session

    def __repr__(self):
        return f"DataFrame[{', '.join(f'{name}: {of}' for name, of in self.dtypes)}]"

    def __dir__(self):
        return sorted({*super().__dir__(), *(name for name in self.columns if name.isidentifier())})

    def printSchema(self, level=None):
        print(self._analyze("treeString", level=level)["text"])

    def explain(self, extended=None, mode=None):
        if extended is not None and mode is not None:
            raise PySparkValueError(errorClass="CANNOT_SET_TOGETHER", messageParameters={"arg_list": "extended and mode"})
        if isinstance(extended, str) and mode is None:
            mode = extended
        elif extended is not None and not isinstance(extended, bool):
            raise PySparkTypeError(errorClass="NOT_BOOL_OR_STR", messageParameters={
                "arg_name": "extended", "arg_type": type(extended).__name__})
        elif mode is not None and not isinstance(mode, str):
            raise _args.type_error("NOT_STR", "mode", mode)
        chosen = (mode or ("extended" if extended is True else "simple")).lower()
        if chosen not in _EXPLAIN_MODES:
            raise illegal_argument(f"Unknown explain mode: {chosen}. Accepted explain modes are "
                                   "'simple', 'extended', 'codegen', 'cost', 'formatted'.")
        print(self._analyze("explain", mode=chosen)["text"])

    def inputFiles(self):
        return list(self._analyze("inputFiles")["files"])

    # Columns of it

    def __getattr__(self, name):
        if name.startswith("_") or name not in self.columns:
            raise PySparkAttributeError(errorClass="ATTRIBUTE_NOT_SUPPORTED", messageParameters={"attr_name": name})
        return self._column(name)

    def __getitem__(self, item):
        if isinstance(item, str):
            column = self._column(item)
            if item not in self.columns:
                # The analyser knows nested names and says which columns there are.
                self.select(column)
            return column
        if isinstance(item, Column):
            return self.filter(item)
        if isinstance(item, (list, tuple)):
            return self.select(*item)
        if isinstance(item, int):
            return self._column(self.columns[item])
        raise PySparkTypeError(errorClass="NOT_COLUMN_OR_FLOAT_OR_INT_OR_LIST_OR_STR", messageParameters={
            "arg_name": "item", "arg_type": type(item).__name__})

    def _column(self, name):
        if name == "*":
            return Column({"unresolvedStar": {"planId": _plan.plan_id(self._plan)}}, "*")
        return Column(_plan.attribute(name, self._plan), name)

    def colRegex(self, colName):
        if not isinstance(colName, str):
            raise _args.type_error("NOT_STR", "colName", colName)
        return Column({"unresolvedRegex": {"colName": colName, "planId": _plan.plan_id(self._plan)}}, colName)

    # Rows to rows

    def select(self, *cols):
        columns = [_args.to_column(value) for value in _args.flatten(cols)]
        return self._on("project", expressions=[column._expr for column in columns])

    def selectExpr(self, *expr):
        texts = _args.flatten(expr)
        return self._on("project", expressions=[{"expressionString": {"expression": text}} for text in texts])

    def filter(self, condition):
        if isinstance(condition, str):
            expression = {"expressionString": {"expression": condition}}
        elif isinstance(condition, Column):
            expression = condition._expr
        else:
            raise _args.type_error("NOT_COLUMN_OR_STR", "condition", condition)
        return self._on("filter", condition=expression)

    where = filter

    def withColumn(self, colName, col):
        if not isinstance(colName, str):
            raise _args.type_error("NOT_STR", "colName", colName)
        if not isinstance(col, Column):
            raise _args.type_error("NOT_COLUMN", "col", col)
        return self.withColumns({colName: col})

    def withColumns(self, *colsMap):
        assert len(colsMap) == 1
        columns = colsMap[0]
        if not isinstance(columns, dict):
            raise _args.type_error("NOT_DICT", "colsMap", columns)
        for column in columns.values():
            if not isinstance(column, Column):
                raise _args.type_error("NOT_COLUMN", "col", column)
        aliases = [{"expr": column._expr, "name": [name]} for name, column in columns.items()]
        return self._on("withColumns", aliases=aliases)

    def withColumnRenamed(self, existing, new):
        return self.withColumnsRenamed({existing: new})

    def withColumnsRenamed(self, colsMap):
        if not isinstance(colsMap, dict):
            raise _args.type_error("NOT_DICT", "colsMap", colsMap)
        renames = [{"colName": old, "newColName": new} for old, new in colsMap.items()]
        return self._on("withColumnsRenamed", renames=renames)

    def withMetadata(self, columnName, metadata):
        if not isinstance(metadata, dict):
            raise _args.type_error("NOT_DICT", "metadata", metadata)
        alias = _plan.alias(_plan.attribute(columnName, self._plan), [columnName], metadata)["alias"]
        return self._on("withColumns", aliases=[alias])

    def drop(self, *cols):
        names, columns = [], []
        for value in cols:
            if isinstance(value, Column):
                columns.append(value._expr)
            elif isinstance(value, str):
                names.append(value)
            else:
                raise _args.type_error("NOT_COLUMN_OR_STR", "col", value)
        return self._on("drop", columns=columns, columnNames=names)

    def toDF(self, *cols):
        for name in cols:
            if not isinstance(name, str):
                raise PySparkTypeError(errorClass="NOT_LIST_OF_STR", messageParameters={
                    "arg_name": "cols", "arg_type": type(name).__name__})
        return self._on("toDf", columnNames=list(cols))

    def to(self, schema):
        return self._on("toSchema", schema=schema._to_proto())

    def alias(self, alias):
        assert isinstance(alias, str), "alias should be a string"
        return self._on("subqueryAlias", alias=alias)

    def transform(self, func, *args, **kwargs):
        result = func(self, *args, **kwargs)
        assert isinstance(result, DataFrame), (
            f"Func returned an instance of type [{type(result)}], should have been DataFrame.")
        return result

    def distinct(self):
        return self._deduplicated(None)

    def dropDuplicates(self, subset=None):
        return self._deduplicated(subset)

    drop_duplicates = dropDuplicates

    def dropDuplicatesWithinWatermark(self, subset=None):
        return self._deduplicated(subset, within_watermark=True)

    def _deduplicated(self, subset, within_watermark=False):
        fields = {"allColumnsAsKeys": subset is None, "withinWatermark": within_watermark}
        if subset is None:
            return self._on("deduplicate", **fields)
        if not isinstance(subset, (list, tuple)):
            raise _args.type_error("NOT_LIST_OR_TUPLE", "subset", subset)
        for name in subset:
            if not isinstance(name, str):
                raise _args.type_error("NOT_STR", "subset", name)
        return self._on("deduplicate", columnNames=list(subset), **fields)

    def withWatermark(self, eventTime, delayThreshold):
        if not eventTime or not isinstance(eventTime, str):
            raise _args.type_error("NOT_STR", "eventTime", eventTime)
        if not delayThreshold or not isinstance(delayThreshold, str):
            raise _args.type_error("NOT_STR", "delayThreshold", delayThreshold)
        return self._on("withWatermark", eventTime=eventTime, delayThreshold=delayThreshold)

    def hint(self, name, *parameters):
        if len(parameters) == 1 and isinstance(parameters[0], list):
            parameters = parameters[0]
        if not isinstance(name, str):
            raise _args.type_error("NOT_STR", "name", name)
        from pyspark.sql.functions import lit

        return self._on("hint", name=name, parameters=[lit(value)._expr for value in parameters])

    def observe(self, observation, *exprs):
        from pyspark.sql.observation import Observation

        if not exprs:
            raise PySparkValueError(errorClass="CANNOT_BE_EMPTY", messageParameters={"item": "exprs"})
        if not all(isinstance(column, Column) for column in exprs):
            raise PySparkTypeError(errorClass="NOT_LIST_OF_COLUMN", messageParameters={"arg_name": "exprs"})
        metrics = [column._expr for column in exprs]
        if isinstance(observation, Observation):
            return observation._on(self, metrics)
        if isinstance(observation, str):
            return self._on("collectMetrics", name=observation, metrics=metrics)
        raise _args.type_error("NOT_OBSERVATION_OR_STR", "observation", observation)

    # Order and number

    def sort(self, *cols, ascending=True, **kwargs):
        return self._sorted(cols, ascending, True)

    orderBy = sort

    def sortWithinPartitions(self, *cols, ascending=True, **kwargs):
        return self._sorted(cols, ascending, False)

    def _sorted(self, cols, ascending, is_global):
        values = _args.flatten(cols)
        if not values:
            raise PySparkValueError(errorClass="CANNOT_BE_EMPTY", messageParameters={"item": "cols"})
        columns = [self._ordinal_order(value) for value in values]
        if isinstance(ascending, (list, tuple)):
            columns = [column if up else column.desc() for up, column in zip(ascending, columns)]
        elif isinstance(ascending, (bool, int)):
            columns = columns if ascending else [column.desc() for column in columns]
        else:
            raise PySparkTypeError(errorClass="NOT_BOOL_OR_LIST", messageParameters={
                "arg_name": "ascending", "arg_type": type(ascending).__name__})
        order = [(column if "sortOrder" in column._expr else column.asc())._expr["sortOrder"] for column in columns]
        return self._on("sort", order=order, isGlobal=is_global)

    def _ordinal_order(self, value):
        if isinstance(value, int) and not isinstance(value, bool):
            if value == 0:
                raise PySparkIndexError(errorClass="ZERO_INDEX", messageParameters={})
            column = self[abs(value) - 1]
            return column.asc() if value > 0 else column.desc()
        return _args.to_column(value)

    def limit(self, num):
        return self._on("limit", limit=num)

    def offset(self, num):
        return self._on("offset", offset=num)

    def sample(self, withReplacement=None, fraction=None, seed=None):
        if isinstance(withReplacement, float):
            withReplacement, fraction, seed = None, withReplacement, fraction
        return self._on("sample", lowerBound=0.0, upperBound=float(fraction), withReplacement=bool(withReplacement),
                        seed=str(seed if seed is not None else random.randint(0, 2**63 - 1)))

    def repartition(self, numPartitions, *cols):
        if isinstance(numPartitions, int) and not cols:
            return self._on("repartition", numPartitions=self._positive(numPartitions), shuffle=True)
        return self._partitioned(numPartitions, cols, "NOT_COLUMN_OR_STR", _args.to_column)

    def repartitionByRange(self, numPartitions, *cols):
        def order(value):
            column = _args.to_column(value)
            return column if "sortOrder" in column._expr else column.asc()

        if isinstance(numPartitions, int) and not cols:
            raise PySparkValueError(errorClass="CANNOT_BE_EMPTY", messageParameters={"item": "partition-by expression"})
        return self._partitioned(numPartitions, cols, "NOT_COLUMN_OR_INT_OR_STR", order)

    def _partitioned(self, num_partitions, cols, condition, to_expression):
        fields = {}
        if isinstance(num_partitions, int):
            fields["numPartitions"] = self._positive(num_partitions)
        elif isinstance(num_partitions, (str, Column)):
            cols = (num_partitions, *cols)
        else:
            raise _args.type_error(condition, "numPartitions", num_partitions)
        return self._on("repartitionByExpression", partitionExprs=[to_expression(value)._expr for value in cols], **fields)

    def coalesce(self, numPartitions):
        return self._on("repartition", numPartitions=self._positive(numPartitions), shuffle=False)

    @staticmethod
    def _positive(number):
        if not number > 0:
            raise illegal_argument(f"requirement failed: Number of partitions ({number}) must be positive.")
        return number

    # Two DataFrames

    def join(self, other, on=None, how=None):
        return self._with(join={"left": self._plan, "right": other._plan, **_join_on(on), "joinType": _join_type(how)})

    def crossJoin(self, other):
        return self._with(join={"left": self._plan, "right": other._plan, "joinType": "JOIN_TYPE_CROSS"})

    def _set_operation(self, other, kind, is_all, **more):
        if not isinstance(other, DataFrame):
            raise _args.type_error("NOT_DATAFRAME", "other", other)
        return self._with(setOp={"leftInput": self._plan, "rightInput": other._plan,
                                 "setOpType": f"SET_OP_TYPE_{kind}", "isAll": is_all,
                                 "byName": False, "allowMissingColumns": False, **more})

    def union(self, other):
        return self._set_operation(other, "UNION", True)

    unionAll = union

    def unionByName(self, other, allowMissingColumns=False):
        return self._set_operation(other, "UNION", True, byName=True, allowMissingColumns=allowMissingColumns)

    def intersect(self, other):
        return self._set_operation(other, "INTERSECT", False)

    def intersectAll(self, other):
        return self._set_operation(other, "INTERSECT", True)

    def subtract(self, other):
        return self._set_operation(other, "EXCEPT", False)

    def exceptAll(self, other):
        return self._set_operation(other, "EXCEPT", True)

    # Groups

    def groupBy(self, *cols):
        return self._grouped("GROUPBY", cols)

    groupby = groupBy

    def rollup(self, *cols):
        return self._grouped("ROLLUP", cols)

    def cube(self, *cols):
        return self._grouped("CUBE", cols)

    def groupingSets(self, groupingSets, *cols):
        sets = [[_args.to_column(column)._expr for column in one] for one in groupingSets]
        return self._grouped("GROUPING_SETS", cols, sets)

    def _grouped(self, kind, cols, grouping_sets=None):
        from pyspark.sql.group import GroupedData

        columns = []
        for value in _args.flatten(cols):
            if isinstance(value, int) and not isinstance(value, bool):
                if value < 1:
                    raise PySparkIndexError(errorClass="INDEX_NOT_POSITIVE", messageParameters={"index": str(value)})
                columns.append(self[value - 1])
            else:
                columns.append(_args.to_column(value))
        return GroupedData(self, kind, columns, grouping_sets=grouping_sets)

    def agg(self, *exprs):
        return self.groupBy().agg(*exprs)

    def describe(self, *cols):
        return self._on("describe", cols=_args.flatten(cols))

    def summary(self, *statistics):
        return self._on("summary", statistics=_args.flatten(statistics))

    def unpivot(self, ids, values, variableColumnName, valueColumnName):
        def expressions(columns):
            given = [columns] if isinstance(columns, (str, Column)) else list(columns)
            return [_args.to_column(value)._expr for value in given]

        fields = {"ids": expressions(ids), "variableColumnName": variableColumnName, "valueColumnName": valueColumnName}
        if values is not None:
            fields["values"] = {"values": expressions(values)}
        return self._on("unpivot", **fields)

    melt = unpivot

    # Missing values

    def fillna(self, value, subset=None):
        if not isinstance(value, (float, int, str, bool, dict)):
            raise _args.type_error("NOT_BOOL_OR_DICT_OR_FLOAT_OR_INT_OR_STR", "value", value)
        if isinstance(value, dict):
            if not value:
                raise PySparkValueError(errorClass="CANNOT_BE_EMPTY", messageParameters={"item": "value"})
            return self._on("fillNa", cols=list(value), values=[_wide_literal(item) for item in value.values()])
        return self._on("fillNa", cols=_subset(subset), values=[_wide_literal(value)])

    def dropna(self, how="any", thresh=None, subset=None):
        if how not in ("any", "all"):
            raise PySparkValueError(errorClass="VALUE_NOT_ANY_OR_ALL", messageParameters={"arg_name": "how", "arg_value": str(how)})
        fields = {"cols": _subset(subset)}
        if thresh is not None:
            fields["minNonNulls"] = thresh
        elif how == "all":
            fields["minNonNulls"] = 1
        return self._on("dropNa", **fields)

    def replace(self, to_replace, value=None, subset=None):
        if isinstance(to_replace, dict):
            pairs = list(to_replace.items())
        else:
            olds = list(to_replace) if isinstance(to_replace, (list, tuple)) else [to_replace]
            news = list(value) if isinstance(value, (list, tuple)) else [value] * len(olds)
            if len(olds) != len(news):
                raise PySparkValueError(errorClass="LENGTH_SHOULD_BE_THE_SAME", messageParameters={
                    "arg1": "to_replace", "arg2": "value", "arg1_length": str(len(olds)), "arg2_length": str(len(news))})
            pairs = list(zip(olds, news))
        replacements = [{"oldValue": _replaced_literal(old), "newValue": _replaced_literal(new)} for old, new in pairs]
        return self._on("replace", cols=_subset(subset), replacements=replacements)

    @property
    def na(self):
        return DataFrameNaFunctions(self)

    # Actions

    def collect(self):
        return self._rows()

    def _rows(self):
        answer, columns = bridge.execute(_plan.root(self._plan))
        schema = types._from_kind(answer["schema"])
        return types._rows_from_columns(schema, columns, answer["numRows"])

    def toLocalIterator(self, prefetchPartitions=False):
        return iter(self._rows())

    def count(self):
        from pyspark.sql.functions import count, lit

        return self.agg(count(lit(1)))._rows()[0][0]

    def head(self, n=None):
        if n is None:
            rows = self.limit(1)._rows()
            return rows[0] if rows else None
        return self.take(n)

    def first(self):
        return self.head()

    def take(self, num):
        return self.limit(num)._rows()

    def tail(self, num):
        return self._on("tail", limit=num)._rows()

    def isEmpty(self):
        return len(self.select().take(1)) == 0

    def show(self, n=20, truncate=True, vertical=False):
        print(self._show_string(n, truncate, vertical))

    def _show_string(self, n, truncate, vertical):
        if not isinstance(n, int) or isinstance(n, bool):
            raise _args.type_error("NOT_INT", "n", n)
        if not isinstance(vertical, bool):
            raise _args.type_error("NOT_BOOL", "vertical", vertical)
        if isinstance(truncate, bool):
            width = 20 if truncate else 0
        else:
            try:
                width = int(truncate)
            except (TypeError, ValueError):
                raise _args.type_error("NOT_BOOL", "truncate", truncate) from None
        shown = {"showString": {"input": self._plan, "numRows": n, "truncate": width, "vertical": vertical}}
        _answer, columns = bridge.execute(_plan.root(_plan.relation(**shown)))
        return columns[0][0]

    def _shown_cells(self, num_rows):
        """The first rows as lists of text, as show() prints cells; None is NULL."""
        names = [f"c{index}" for index in range(len(self.columns))]
        if not names:
            return [[] for _ in range(self.limit(num_rows).count())]
        cells = self.limit(num_rows).toDF(*names).select(*[_shown_cell(name, field.dataType) for name, field in zip(names, self._schema)])
        return [list(row) for row in cells._rows()]

    def foreach(self, f):
        """Calls f with each row, here: there is one Python."""
        for row in self._rows():
            f(row)

    def foreachPartition(self, f):
        f(iter(self._rows()))

    def toPandas(self):
        raise _missing_package("Pandas", "2.2.0")

    def toArrow(self):
        raise _missing_package("PyArrow", "15.0.0")

    def toJSON(self, use_unicode=True):
        raise _not_here("DataFrame.toJSON", 'Use `df.select(F.to_json(F.struct("*")))`.')

    @property
    def rdd(self):
        raise _not_here("DataFrame.rdd", "RDDs need a JVM. Use DataFrame methods, or `collect()` for a small result.")

    def mapInPandas(self, *_args, **_kwargs):
        raise _missing_package("Pandas", "2.2.0")

    mapInArrow = mapInPandas

    # Names, storage, output

    def createTempView(self, name):
        self._create_view(name, False, False)

    def createOrReplaceTempView(self, name):
        self._create_view(name, True, False)

    def createGlobalTempView(self, name):
        self._create_view(name, False, True)

    def createOrReplaceGlobalTempView(self, name):
        self._create_view(name, True, True)

    registerTempTable = createOrReplaceTempView

    def _create_view(self, name, replace, is_global):
        view = {"input": self._plan, "name": name, "isGlobal": is_global, "replace": replace}
        bridge.execute({"command": {"createDataframeView": view}})

    @property
    def write(self):
        from pyspark.sql.readwriter import DataFrameWriter

        return DataFrameWriter(self)

    def writeTo(self, table):
        from pyspark.sql.readwriter import DataFrameWriterV2

        return DataFrameWriterV2(self, table)

    @property
    def writeStream(self):
        from pyspark.sql.streaming.readwriter import DataStreamWriter

        return DataStreamWriter(self)

    def cache(self):
        """Rows stay where they are: tables and local rows are already in this browser."""
        return self

    def persist(self, storageLevel=None):
        return self

    def unpersist(self, blocking=False):
        return self

    @property
    def storageLevel(self):
        from pyspark.storagelevel import StorageLevel

        return StorageLevel.NONE

    @property
    def is_cached(self):
        return False

    def checkpoint(self, eager=True):
        raise _not_here("DataFrame.checkpoint", "Write the rows to a table and read it back.")

    localCheckpoint = checkpoint

    def sameSemantics(self, other):
        return self._plan == other._plan


class DataFrameNaFunctions:
    """df.na: missing values."""

    def __init__(self, df):
        self.df = df

    def fill(self, value, subset=None):
        return self.df.fillna(value, subset)

    def drop(self, how="any", thresh=None, subset=None):
        return self.df.dropna(how, thresh, subset)

    def replace(self, to_replace, value=None, subset=None):
        return self.df.replace(to_replace, value, subset)


def _join_on(on):
    if on is None:
        return {}
    given = list(on) if isinstance(on, (list, tuple)) else [on]
    if not given:
        return {}
    if isinstance(given[0], str):
        return {"usingColumns": given}
    condition = given[0]
    for column in given[1:]:
        condition = condition & column
    if not isinstance(condition, Column):
        raise _args.type_error("NOT_COLUMN_OR_STR", "on", given[0])
    return {"joinCondition": condition._expr}


_JOIN_TYPES = {
    "inner": "INNER", "cross": "CROSS", "outer": "FULL_OUTER", "full": "FULL_OUTER", "fullouter": "FULL_OUTER",
    "left": "LEFT_OUTER", "leftouter": "LEFT_OUTER", "right": "RIGHT_OUTER", "rightouter": "RIGHT_OUTER",
    "semi": "LEFT_SEMI", "leftsemi": "LEFT_SEMI", "anti": "LEFT_ANTI", "leftanti": "LEFT_ANTI",
}
_SHOWN_JOIN_TYPES = ("'inner', 'outer', 'full', 'fullouter', 'full_outer', 'leftouter', 'left', 'left_outer', 'rightouter', 'right', "
                     "'right_outer', 'leftsemi', 'left_semi', 'semi', 'leftanti', 'left_anti', 'anti', 'cross'")


def _join_type(how):
    if how is None:
        return "JOIN_TYPE_INNER"
    assert isinstance(how, str), "how should be a string"
    name = _JOIN_TYPES.get(how.lower().replace("_", ""))
    if name is None:
        raise engine_error("AnalysisException", "UNSUPPORTED_JOIN_TYPE",
                           f"Unsupported join type '{how}'. Supported join types include: {_SHOWN_JOIN_TYPES}.",
                           {"typ": how, "supported": _SHOWN_JOIN_TYPES}, "0A000")
    return f"JOIN_TYPE_{name}"


def _subset(subset):
    if subset is None:
        return []
    if isinstance(subset, str):
        return [subset]
    if not isinstance(subset, (list, tuple)):
        raise _args.type_error("NOT_LIST_OR_TUPLE", "subset", subset)
    return list(subset)


def _wide_literal(value):
    """Whole numbers as 64-bit literals, as fillna takes them."""
    if isinstance(value, int) and not isinstance(value, bool):
        return {"long": str(value)}
    return _plan.literal(value)["literal"]


def _replaced_literal(value):
    """replace() compares all numbers as doubles."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return {"double": types._float_json(value)}
    return _plan.literal(value)["literal"]


def _shown_cell(name, data_type):
    from pyspark.sql import functions as F

    column = F.col(name)
    if isinstance(data_type, types.BinaryType):
        return F.concat(F.lit("["), F.rtrim(F.regexp_replace(F.hex(column), "(..)", "$1 ")), F.lit("]"))
    return column.cast("string")


def _missing_package(package, version):
    from pyspark.errors import PySparkImportError

    error = PySparkImportError(errorClass="PACKAGE_NOT_INSTALLED", messageParameters={
        "package_name": package, "minimum_version": version})
    error._hint = ("Not part of this offline Python. For tables and charts: `display(df)`; "
                   "for background sending: the Producers panel or `asyncio`.")
    return error


def _not_here(feature, hint):
    error = PySparkNotImplementedError(errorClass="NOT_IMPLEMENTED", messageParameters={"feature": feature})
    error._hint = hint
    return error


