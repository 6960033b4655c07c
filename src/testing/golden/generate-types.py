"""Records how a real Spark reads DDL, widens types and sizes decimals: golden/types/*.json. Run with pyspark 4.1.1."""

import json
import os

from pyspark.sql import SparkSession, functions as F

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "types")

TYPES = """tinyint smallint int bigint float double decimal(10,2) decimal(38,10) decimal(38,0) string binary boolean date
timestamp timestamp_ntz interval_year interval_month interval_day interval_hour_to_second void array<int> array<string>
array<double> map<string,int> map<int,string> struct<a:int> struct<A:string> struct<b:int>""".split()
DECIMALS = ["decimal(10,2)", "decimal(38,10)", "decimal(38,0)", "decimal(20,18)", "decimal(1,1)", "decimal(38,38)", "decimal(5,0)"]
DDL = [
    "a INT", "a FOO", "a INT, b", "a INT b INT", "", "   ", "a INT,", "a: INT", "FOO", "foo(3)", "int", "a map<int>", "a varchar", "a array",
    "a map", "a struct", "a struct<>", "a decimal(10,2,3)", "a decimal", "a dec(5)", "a numeric(40,2)", "a decimal(5,7)", "a decimal(10 , 2)",
    "a decimal(-1)", "a INT NOT NULL, a STRING", "struct<a:int>", "array<int>", "map<string,int>", "a list<int>", "a interval month to year",
    "a STRING)", "a INT COMMENT 5", "a DECIMAL(10,2) NOT NULL COMMENT 'x''y'", "a INT COMMENT 'l1\\nx\\'q' \"z\"", "`a b` INT, `a``b` STRING",
    "a-b INT", "1a INT", "a.b INT", "a INT DEFAULT 5", "a array<struct<x int, y map<string, array<decimal(3,1)>>>>",
    "a struct<x:int not null comment 'q', y: string>", "select INT, table STRING, from DATE", "a INT; b INT", "a 'x'", "a INT -- c\n, b INT",
    "a timestamp without time zone", "a timestamp_ltz, b timestamp_ntz, c void", "array<>", "array<int", "a bool",
    "a binary, b byte, c short, d long, e real, f float, g integer, h tinyint, i smallint, j bigint, k boolean, l double, m date, n string, o timestamp",
    "a interval year to month, b interval day to second, c interval day, d interval month, e interval hour to minute", "a string(3)", "a Int, B BigInt",
]


def main():
    spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
             .config("spark.sql.session.timeZone", "UTC").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    write(spark, "widening", [widened(spark, a, b) for a in TYPES for b in TYPES])
    write(spark, "decimals", [decimal_result(spark, a, op, b) for a in DECIMALS for b in DECIMALS for op in ["+", "-", "*", "/", "%", "div"]])
    write(spark, "ddl", [{"text": text, "schema": schema(spark, text), "typeOrSchema": type_or_schema(spark, text)} for text in DDL])
    spark.stop()


def write(spark, name, cases):
    with open(os.path.join(HERE, name + ".json"), "w") as out:
        out.write('{"spark":%s,"cases":[\n' % json.dumps(spark.version))
        out.write(",\n".join(json.dumps(case, ensure_ascii=False) for case in cases))
        out.write("\n]}\n")


def widened(spark, a, b):
    a, b = a.replace("_", " ") if a.startswith("interval") else a, b.replace("_", " ") if b.startswith("interval") else b
    try:
        common = spark.sql(f"select coalesce(cast(null as {a}), cast(null as {b})) x").schema[0].dataType.simpleString()
    except Exception as error:
        assert error.getCondition().startswith("DATATYPE_MISMATCH"), error
        common = None
    return {"a": a, "b": b, "common": common}


def decimal_result(spark, a, op, b):
    return {"a": a, "op": op, "b": b, "result": spark.sql(f"select cast(null as {a}) {op} cast(null as {b}) x").schema[0].dataType.simpleString()}


def failure(error):
    message = error.getMessage() if error.getCondition() else str(error)
    return {"condition": error.getCondition(), "message": message.strip().split("\n")[0]}


def schema(spark, text):
    try:
        return {"json": json.loads(
            spark._jvm.org.apache.spark.sql.types.StructType.fromDDL(text).json())}
    except Exception:
        pass
    try:
        spark.read.schema(text)
    except Exception as error:
        return failure(error)


def type_or_schema(spark, text):
    try:
        df = spark.range(1).select(F.from_json(F.lit("{}"), text).alias("x"))
        return {"json": json.loads(df.schema.json())["fields"][0]["type"]}
    except Exception as error:
        return failure(error)


main()
