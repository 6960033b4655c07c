"""Records how classic PySpark answers calls with wrong arguments, and how it prints columns, types and local rows.

Needs pyspark 4.1.1 and Java.

    python generate-pyspark-errors.py       writes plans/pyspark.json beside it
"""
import json
import pathlib

import pyspark
from pyspark.sql import Row, SparkSession, Window  # noqa: F401
from pyspark.sql import functions as F  # noqa: F401
from pyspark.sql import types as T  # noqa: F401

# `df` is spark.range(1), `stream` reads the rate source. Each case is one expression.
CASES = [
    'stream.writeStream.trigger()', 'stream.writeStream.trigger(once=True, processingTime="1 second")',
    'stream.writeStream.trigger(processingTime=5)', 'stream.writeStream.trigger(once=False)',
    'stream.writeStream.trigger(processingTime="")', 'stream.writeStream.trigger("1 minute")',
    'stream.writeStream.trigger(availableNow=False)', 'stream.writeStream.trigger(continuous=True)',
    'stream.writeStream.outputMode("nope")', 'stream.writeStream.outputMode(None)', 'stream.writeStream.queryName("")',
    'stream.writeStream.foreach(3)', 'spark.readStream.load(3)', 'spark.readStream.load("  ")', 'spark.readStream.schema(3)',
    'spark.readStream.table(3)', 'spark.readStream.json(3)', 'stream.write', 'stream.writeTo("t")', 'df.writeStream', 'df.toPandas()', 'df.nope',
    'df.select(3)', 'df.filter(3)', 'df.withColumn("a", "b")', 'df.withColumns(3)', 'df.withWatermark("id", 3)',
    'df.withWatermark(3, "1 minute")', 'df.join(df, "id", "nope")', 'df.dropDuplicates("id")',
    'df.dropDuplicatesWithinWatermark(["id"], "10m")', 'df.groupBy(2.5)', 'df.agg()', 'df.groupBy().agg()', 'df.orderBy()',
    'df.drop(3)', 'df.explain("nope")', 'df.fillna(object())', 'df.observe("x")', 'df.write.mode("nope")', 'df.show("x")',
    'df.show(vertical=3)', 'df.show(truncate="x")', 'df.repartition(0)', 'df.hint(3)',
    'bool(F.col("a"))', '1 in F.col("a")', 'list(F.col("a"))', 'F.window("a", 3)', 'F.when(3, 4)',
    'F.when(F.lit(True), 4).otherwise(1).otherwise(2)', 'F.lit(1).otherwise(2)', 'F.when(F.lit(True), 1).otherwise(2).when(F.lit(True), 3)',
    'F.lit(1).when(F.lit(True), 3)', 'F.lit(1).cast(3)', 'F.col("a").alias("b", "c", metadata={})', 'F.col("a").substr(1, F.lit(2))',
    'F.sha2("a", 3)', 'F.transform("a", lambda: 1)', 'F.transform("a", lambda x: 1)', 'F.abs(3)', 'F.session_window("a", 3)',
    'F.lit([F.lit(1)])',
    'repr(F.col("a") + 1)', 'repr((F.col("a") > 1) & (F.col("b") == "x"))', 'repr(F.count("*").alias("n"))',
    'repr(F.col("a").cast("string"))', 'repr(F.lit("x"))', 'repr(F.col("a").isNull())',
    'repr(F.when(F.col("a") > 1, "x").otherwise(2))', 'repr(F.countDistinct("a"))', 'repr(~F.col("a"))', 'repr(F.col("a").desc())',
    'repr(F.col("a").isin(1, 2))', 'repr(-F.col("a"))', 'repr(F.col("a") != 1)', 'repr(F.col("a").like("x%"))', 'repr(F.lit(True))',
    'spark.createDataFrame([])', 'spark.createDataFrame([1, 2])', 'spark.createDataFrame([(1, "a")], ["x"]).dtypes',
    'spark.createDataFrame([(1, None)], ["x", "y"])', 'spark.createDataFrame([{"b": 1, "a": "x"}]).dtypes',
    'spark.createDataFrame([(1,)], 5)', 'spark.createDataFrame([Row(a=1, b=Row(c=2))]).dtypes',
    'spark.createDataFrame([(1,), (2.5,)], ["x"])', 'spark.createDataFrame([(1, [2], {"k": 3.5})], ["a", "b", "c"]).dtypes',
    'spark.createDataFrame([("a",)], T.StructType([T.StructField("x", T.IntegerType())]))',
    'spark.createDataFrame([(2**40,)], T.StructType([T.StructField("x", T.IntegerType())]))',
    'spark.createDataFrame([(None,)], T.StructType([T.StructField("x", T.IntegerType(), False)]))',
    'spark.createDataFrame([(1,)], T.StructType([T.StructField("x", T.IntegerType()), T.StructField("y", T.IntegerType())]))',
    'Row(a=1).b', 'Row(a=1)["b"]', 'repr(Row(a=1, b="x"))', 'repr(Row("a", "b")(1, 2))', 'Row(a=1, b=Row(c=2)).asDict(True)',
    'T.StructType().add("a")', 'T.StructType([T.StructField("a", T.LongType())])["b"]',
    'T.StructType([T.StructField("a b", T.LongType(), False), T.StructField("c", T.ArrayType(T.StringType()))]).toDDL()',
    'T.StructType([T.StructField("a", T.MapType(T.StringType(), T.DecimalType(5, 2)))]).treeString()',
    'T.StructType([T.StructField("a", T.LongType(), False, {"k": 1})]).json()', 'repr(T.StructType([T.StructField("a", T.LongType())]))',
    'T.DayTimeIntervalType().simpleString()', 'T.TimestampNTZType().json()', 'spark.streams.awaitAnyTermination(-1)', 'spark.conf.get(3)',
    'spark.version', 'T.DecimalType() == T.DecimalType(10, 0)',
]


def outcome(code, scope):
    try:
        value = eval(code, scope)
    except Exception as raised:
        condition = raised.getCondition() if hasattr(raised, "getCondition") else None
        return {"code": code, "raises": type(raised).__name__, "message": str(raised), "condition": condition}
    return {"code": code, "value": value if isinstance(value, str) else repr(value)}


def main():
    spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
             .config("spark.sql.session.timeZone", "UTC").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    scope = {**globals(), "spark": spark, "df": spark.range(1), "stream": spark.readStream.format("rate").load()}
    cases = [outcome(code, scope) for code in CASES]
    spark.stop()
    lines = ",\n  ".join(json.dumps(case) for case in cases)
    target = pathlib.Path(__file__).parent / "plans" / "pyspark.json"
    target.write_text(f'{{\n "spark": "{pyspark.__version__}",\n "cases": [\n  {lines}\n ]\n}}\n')


main()
