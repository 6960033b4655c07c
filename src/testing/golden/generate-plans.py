"""Records the plans Apache's own Spark Connect client builds: goldens for our PySpark package.

Needs pyspark 4.1.1 with grpcio, grpcio-status, googleapis-common-protos, pandas, pyarrow and zstandard. No server runs:
the client here keeps commands instead of sending them, and answers the few questions the client asks while it builds.

    python generate-plans.py        writes plans/dataframes.json and plans/functions.json beside it
"""
import inspect
import json
import os
import pathlib
import warnings

os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
warnings.simplefilter("ignore")

import pyspark  # noqa: E402
from google.protobuf.json_format import MessageToDict  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402
from pyspark.sql import types as T  # noqa: E402
from pyspark.sql.connect import proto  # noqa: E402
from pyspark.sql.connect.client import SparkConnectClient  # noqa: E402
from pyspark.sql.connect.dataframe import DataFrame  # noqa: E402
from pyspark.sql.connect.session import SparkSession  # noqa: E402
from pyspark.sql.window import Window  # noqa: E402

FOLDER = pathlib.Path(__file__).parent / "plans"

# Each snippet is one expression over `spark`, `F`, `T`, `Window`, a batch DataFrame `df` (id, name, ts, nested) and a stream `stream`.
SNIPPETS = [
    'spark.range(10)',
    'spark.range(1, 10, 2, 3)',
    'spark.table("t")',
    'spark.read.option("mergeSchema", True).table("t")',
    'spark.read.format("delta").option("versionAsOf", 3).load("/t")',
    'spark.read.schema("a INT, b STRING").json("Files/in")',
    'spark.read.csv("Files/in.csv", header=True, sep=";")',
    'spark.read.parquet("Files/a", "Files/b")',
    'spark.readStream.format("rate").option("rowsPerSecond", 5).load()',
    'spark.readStream.format("eventhubs").options(**{"eventhubs.consumerGroup": "$Default", "maxEventsPerTrigger": 1000}).load()',
    'spark.readStream.schema(T.StructType([T.StructField("a", T.LongType(), False)])).json("Files/in")',
    'spark.readStream.table("bronze")',
    'df.select("id", "name")',
    'df.select("*")',
    'df.select("nested.*", F.col("id"))',
    'df.select(df.id, df["name"])',
    'df.select(F.col("id").alias("x"), F.col("name").cast("int"), F.col("name").cast(T.DecimalType(10, 2)))',
    'df.selectExpr("CAST(id AS STRING) AS s", "name")',
    'df.filter("id > 2")',
    'df.where((F.col("id") > 2) & (F.col("name") == "x") | ~F.col("id").isNull())',
    'df.filter(F.col("name").isin("a", "b") & F.col("id").between(1, 5))',
    'df.filter(F.col("name").like("a%") & F.col("name").rlike("^a") & F.col("name").startswith("a") & F.col("name").contains("b"))',
    'df.withColumn("x", F.col("id") + 1)',
    'df.withColumns({"x": F.col("id") * 2.5, "y": F.lit(None)})',
    'df.withColumnRenamed("id", "key")',
    'df.withColumnsRenamed({"id": "key", "name": "n"})',
    'df.drop("name")',
    'df.drop(F.col("name"), F.col("id"))',
    'df.toDF("a", "b", "c", "d")',
    'df.alias("l")',
    'df.distinct()',
    'df.dropDuplicates(["id"])',
    'stream.withWatermark("timestamp", "10 minutes").dropDuplicatesWithinWatermark(["value"])',
    'stream.withWatermark("timestamp", "10 minutes").groupBy(F.window("timestamp", "5 minutes"), "value").agg(F.count("*").alias("n"))',
    'stream.groupBy(F.window(F.col("timestamp"), "10 minutes", "5 minutes")).count()',
    'stream.groupBy(F.session_window("timestamp", "5 minutes")).count()',
    'stream.groupBy(F.window("timestamp", "5 minutes", startTime="1 minute")).count()',
    'df.groupBy("name").agg(F.sum("id"), F.avg("id"), F.countDistinct("id"), F.max("id").alias("m"))',
    'df.groupBy().agg({"id": "sum"})',
    'df.rollup("name").agg(F.count("id"))',
    'df.cube("name", "id").agg(F.count("id"))',
    'df.groupBy("name").pivot("id", [1, 2]).agg(F.count("id"))',
    'df.groupingSets([["name"], ["id"], []], "name", "id").agg(F.count("id"))',
    'df.join(df, "id")',
    'df.join(spark.table("u"), ["id", "name"], "left_outer")',
    'df.alias("a").join(df.alias("b"), F.col("a.id") == F.col("b.id"), "leftsemi")',
    'df.join(spark.table("u"), F.expr("a >= b AND a <= b + interval 5 minutes"), "outer")',
    'df.crossJoin(spark.range(2))',
    'df.union(df)',
    'df.unionByName(spark.table("u"), allowMissingColumns=True)',
    'df.intersect(df)',
    'df.exceptAll(df)',
    'df.orderBy("id", F.col("name").desc())',
    'df.sort(F.desc("id"), ascending=True)',
    'df.orderBy(["id", "name"], ascending=[True, False])',
    'df.limit(5)',
    'df.offset(5)',
    'df.sample(0.5, 7)',
    'df.repartition(4)',
    'df.repartition(4, "id")',
    'df.coalesce(1)',
    'df.fillna(0)',
    'df.fillna({"id": 0, "name": "none"})',
    'df.dropna("all", subset=["id"])',
    'df.dropna(thresh=2)',
    'df.replace("a", "b", ["name"])',
    'df.replace({1: 2, 3: 4})',
    'df.describe("id")',
    'df.summary("count", "max")',
    'df.hint("broadcast")',
    'df.unpivot(["id"], ["name"], "k", "v")',
    'df.withColumn("r", F.row_number().over(Window.partitionBy("name").orderBy(F.col("id").desc())))',
    'df.withColumn("s", F.sum("id").over(Window.orderBy("id").rowsBetween(Window.unboundedPreceding, Window.currentRow)))',
    'df.withColumn("s", F.sum("id").over(Window.orderBy("id").rangeBetween(-5, 5)))',
    'df.select(F.when(F.col("id") > 1, "big").when(F.col("id") > 0, "small").otherwise(None))',
    'df.select(F.transform("a", lambda x: x + 1), F.filter("a", lambda x, i: i > 0), F.aggregate("a", F.lit(0), lambda acc, x: acc + x))',
    'df.select(F.from_json("name", T.StructType([T.StructField("a", T.ArrayType(T.StringType()))])), F.to_json(F.struct("*")))',
    'df.select(F.from_json(F.col("name"), "a INT", {"mode": "FAILFAST"}))',
    'df.select(F.col("nested")["k"], F.col("nested").getField("k"), F.col("nested").getItem(0), F.col("nested").k)',
    'df.select(F.col("nested").withField("x", F.lit(1)), F.col("nested").dropFields("k"))',
    'df.select(F.lit(1), F.lit(2**40), F.lit(1.5), F.lit("s"), F.lit(True), F.lit(None), F.lit([1, 2]), F.lit(b"x"))',
    'df.select(F.expr("id + 1 AS x"))',
    'df.select(F.explode("a").alias("e"), F.posexplode("b").alias("p", "c"))',
    'df.select(F.col("id").try_cast("int"), -F.col("id"), F.col("id") ** 2, 1 - F.col("id"), F.col("id").substr(1, 2))',
    'df.select(F.col("id").asc_nulls_last()) if False else df.sort(F.col("id").asc_nulls_last())',
    'df.observe("m", F.count("id").alias("n"))',
    'df.createOrReplaceTempView("v")',
    'df.write.format("delta").mode("append").partitionBy("name").option("mergeSchema", "true").save("/t")',
    'df.write.mode("overwrite").saveAsTable("t")',
    'df.write.insertInto("t")',
    'df.writeTo("t").using("delta").createOrReplace()',
    'df.writeTo("t").overwrite(F.col("id") > 1)',
    'stream.writeStream.format("delta").option("checkpointLocation", "/c").outputMode("append").trigger(processingTime="1 minute").toTable("bronze")',
    'stream.writeStream.format("memory").queryName("q").outputMode("complete").start()',
    'stream.writeStream.format("delta").partitionBy("value").trigger(availableNow=True).start("/t")',
    'stream.writeStream.trigger(once=True).format("console").option("truncate", False).option("numRows", 20).start()',
    'stream.writeStream.foreachBatch(lambda df, n: None).start()',
    'stream.writeStream.start(path="/t", format="parquet", outputMode="append", partitionBy=["value"], queryName="q", checkpointLocation="/c")',
    'spark.sql("SELECT 1 AS a")',
    'spark.sql("SELECT :x", {"x": 1})',
]


SCHEMA = T.StructType([T.StructField(name, T.StringType()) for name in ("id", "name", "ts", "nested")])


class Recorder(SparkConnectClient):
    """Keeps commands; answers with what the client needs to go on building."""

    def __init__(self):
        self.commands = []
        self.thread_local = __import__("threading").local()
        self._plan_compression_threshold = -1
        self._plan_compression_algorithm = "NONE"
        self._session_id = "s"

    def __del__(self):
        pass

    def execute_command(self, command, *_args, **_kwargs):
        self.commands.append(command)
        if command.HasField("sql_command"):
            return None, {"sql_command_result": command.sql_command.input}, None
        result = proto.WriteStreamOperationStartResult()
        result.query_id.id = result.query_id.run_id = "0"
        return None, {"write_stream_operation_start_result": result}, None

    def get_configs(self, *_keys):
        return tuple(None for _ in _keys)


def session():
    made = SparkSession.__new__(SparkSession)
    made._client = Recorder()
    made._session_id = "s"
    return made


def plan_of(snippet):
    """The plan one snippet builds: its relation, or the last command it sent."""
    spark = session()
    df = spark.table("t")
    df._cached_schema = SCHEMA
    scope = {"spark": spark, "F": F, "T": T, "Window": Window, "df": df, "stream": spark.readStream.format("rate").load()}
    made = eval(snippet, scope)
    plan = proto.Plan()
    if spark._client.commands:
        plan.command.CopyFrom(spark._client.commands[-1])
    else:
        assert isinstance(made, DataFrame), snippet
        plan.root.CopyFrom(made._plan.plan(spark._client))
    return MessageToDict(plan)


def function_cases():
    """Every function with column names for its required parameters, and again with all that may be left out given."""
    from pyspark.sql.connect.functions import builtin

    for name in sorted(F.__all__):
        function = getattr(builtin, name, None)
        if function is None or inspect.isclass(function):
            continue
        required, optional = [], []
        for parameter in inspect.signature(getattr(F, name)).parameters.values():
            if parameter.kind is parameter.VAR_POSITIONAL:
                required += [f'"{parameter.name}1"', f'F.col("{parameter.name}2")']
            elif parameter.default is parameter.empty:
                required.append(f'F.col("{parameter.name}")')
            else:
                optional.append(f'{parameter.name}=F.col("{parameter.name}")')
        for arguments in ([required, required + optional] if optional else [required]):
            yield name, f"F.{name}({', '.join(arguments)})"


def expression_of(code):
    column = eval(code, {"F": F})
    return MessageToDict(column._expr.to_plan(None))


def main():
    FOLDER.mkdir(exist_ok=True)
    spark = {"spark": pyspark.__version__}
    plans = [{"code": snippet, "plan": plan_of(snippet)} for snippet in SNIPPETS]
    write("dataframes.json", {**spark, "cases": plans})
    functions, skipped = [], []
    for name, code in function_cases():
        try:
            functions.append({"code": code, "expression": expression_of(code)})
        except Exception as refused:
            skipped.append({"code": code, "why": f"{type(refused).__name__}: {str(refused)[:120]}"})
    write("functions.json", {**spark, "cases": functions, "refusedByTheClient": skipped})


def write(name, content):
    lines = [json.dumps(case, sort_keys=True) for case in content["cases"]]
    rest = {key: value for key, value in content.items() if key != "cases"}
    text = json.dumps(rest, indent=1)[:-2] + ',\n "cases": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"
    (FOLDER / name).write_text(text)


main()
