"""Records what Spark answers to whole plans: rows, schema, refusals, show() text, stream checks.

Each case is one PySpark snippet. Classic PySpark gives the answer (schema and errors are those a notebook sees); the Connect
client gives the same snippet's plan as protobuf JSON, which our engine runs. Needs `pyspark[connect]` of the version in
package.json and Java 17. Run from the repository root:

    npm run golden relations
"""

import base64
import datetime
import decimal
import json
import os
import re
import subprocess
import sys

CASES = []


def case(name, build, kind="rows", **more):
    CASES.append({"name": name, "build": build, "kind": kind, **more})


def show(name, build, n=20, truncate=20, vertical=False):
    case(name, build, kind="show", n=n, truncate=truncate, vertical=vertical)


def stream(name, build):
    case(name, build, kind="stream")


PEOPLE_SCHEMA = "id int, name string, dept string, salary double, joined timestamp, tags array<string>, home struct<city:string,zip:int>, scores map<string,int>"
UTC = datetime.timezone.utc


def day(n, hour=0, minute=0):
    return datetime.datetime(2024, 1, n, hour, minute, tzinfo=UTC)


PEOPLE = [
    (1, "Ann", "sales", 10.5, day(1, 10, 1), ["a", "b"], ("Oslo", 150), {"x": 1, "y": 2}),
    (2, "Bob", "it", 20.0, day(1, 10, 4), [], ("Bergen", None), {}),
    (3, "Cid", "it", None, day(1, 10, 6), None, None, None),
    (4, None, "sales", 40.25, day(1, 10, 11), ["c"], (None, 7), {"z": 3}),
    (5, "Eve", None, 50.0, None, ["d", None, "f"], ("Oslo", 151), {"x": None}),
]


def cases(F, T, Window):
    def people(s):
        return s.createDataFrame(PEOPLE, PEOPLE_SCHEMA)

    def numbers(s):
        return s.createDataFrame([(1, "a"), (2, "b"), (2, "b"), (3, None), (None, "c")], "n int, t string")

    def floats(s):
        return s.createDataFrame([(1.5, 1), (float("nan"), 2), (None, 3), (-0.0, 4), (0.0, 5), (float("inf"), 6)], "f double, i int")

    # leaves
    case("local relation", people)
    case("empty local relation", lambda s: s.createDataFrame([], "a int, b string"))
    case("range", lambda s: s.range(5))
    case("range with step", lambda s: s.range(10, 0, -3))
    case("range that is empty", lambda s: s.range(5, 5))
    # select
    case("select columns", lambda s: people(s).select("name", "id"))
    case("select star", lambda s: people(s).select("*"))
    case("select star and more", lambda s: numbers(s).select("*", (F.col("n") + 1).alias("m")))
    case("select struct star", lambda s: people(s).select("id", "home.*"))
    case("select struct field", lambda s: people(s).select("home.city", F.col("home.zip").alias("z")))
    case("select in another case", lambda s: people(s).select("ID", "Name"))
    case("select by DataFrame", lambda s: (lambda d: d.select(d["id"], d.name))(people(s)))
    case("select expression names", lambda s: numbers(s).select(F.col("n") + 1, F.upper("t"), F.col("n").cast("string"), F.lit(1), F.lit("x")))
    case("select same column twice", lambda s: numbers(s).select("n", "n"))
    case("select alias of table", lambda s: people(s).alias("p").select("p.id", F.col("p.home.city")))
    case("select alias star", lambda s: numbers(s).alias("x").select("x.*"))
    case("select nothing of columns", lambda s: numbers(s).select(F.lit(1).alias("one")))

    def sales(s):
        return s.createDataFrame(
            [("north", 2024, "a", 1), ("north", 2025, "a", 2), ("south", 2024, "b", 4), ("south", 2024, "a", 8), (None, 2025, "b", None)],
            "region string, year int, item string, amount int",
        )

    case("rollup", lambda s: sales(s).rollup("region", "year").agg(F.sum("amount").alias("s"), F.count("*").alias("c")))
    case("rollup of an expression", lambda s: sales(s).rollup((F.col("year") % 2).alias("odd"), "item").count())
    case("rollup of nothing", lambda s: sales(s).rollup().count())
    case("cube", lambda s: sales(s).cube("region", "item").agg(F.sum("amount"), F.max("year")))
    case("cube with grouping", lambda s: sales(s).cube("region", "item").agg(F.grouping("region"), F.grouping_id().alias("id"), F.avg("amount")))
    case("rollup uses a key inside an aggregate", lambda s: sales(s).rollup("year").agg(F.sum("year"), F.max(F.col("year") + 1)))
    case("grouping sets", lambda s: sales(s).groupingSets([["region"], ["item"], []], "region", "item").agg(F.count("*").alias("c")))
    case("grouping without sets", lambda s: sales(s).groupBy("region").agg(F.grouping("region")))
    case("pivot one aggregate", lambda s: sales(s).groupBy("region").pivot("year", [2024, 2025]).sum("amount"))
    case("pivot counts", lambda s: sales(s).groupBy("region").pivot("item", ["a", "b", "none"]).count())
    case("pivot two aggregates", lambda s: sales(s).groupBy("region").pivot("item", ["a", "b"]).agg(F.sum("amount").alias("s"), F.max("year")))
    case("pivot of all rows", lambda s: sales(s).groupBy().pivot("item", ["b", "a"]).agg(F.collect_list("amount")))
    case("pivot to text of numbers", lambda s: sales(s).groupBy("item").pivot("region", ["north", "south"]).sum("amount", "year"))
    case("pivot texts", lambda s: sales(s).groupBy("year").pivot("item", ["a", "b"]).agg(F.max("region"), F.count("*").alias("c")))
    case("pivot first", lambda s: sales(s).groupBy("item").pivot("year", [2024]).agg(F.first("region").alias("f"), F.collect_list("amount").alias("l")))
    case("pivot to another type", lambda s: sales(s).groupBy("region").pivot("year", ["2024"]).count())
    case("select missing column", lambda s: people(s).select("nmae"))
    case("select missing field", lambda s: people(s).select("home.town"))
    case("select ambiguous", lambda s: numbers(s).join(numbers(s).withColumnRenamed("t", "u"), F.lit(True)).select("n"))
    case("select missing star", lambda s: people(s).select("nope.*"))
    case("select foreign DataFrame column", lambda s: people(s).select(numbers(s)["n"]))
    case("select foreign column of the same name", lambda s: people(s).select(s.range(2)["id"]))
    case("filter foreign column", lambda s: people(s).filter(numbers(s)["n"] > 1))
    case("select two dropped columns", lambda s: (lambda d: d.select("id").select(d["id"], d["name"], d["dept"]))(people(s)))
    case("select after withColumn by old DataFrame", lambda s: (lambda d: d.withColumn("m", F.col("n") + 1).select(d["n"], "m"))(numbers(s)))
    case("select overwritten column by old DataFrame", lambda s: (lambda d: d.withColumn("n", F.col("n") + 1).select(d["n"]))(numbers(s)))
    case("select of another DataFrame", lambda s: (lambda d: d.select("id").select(d["name"]))(people(s)))
    # filter
    case("filter", lambda s: people(s).filter(F.col("salary") > 15))
    case("filter null condition drops", lambda s: numbers(s).where(F.col("t") == "b"))
    case("filter by dropped column", lambda s: (lambda d: d.select("name").filter(d["id"] > 2))(people(s)))
    case("filter none left", lambda s: numbers(s).filter(F.lit(False)))
    case("filter isin", lambda s: people(s).filter(F.col("dept").isin("it", "hr")))
    case("filter not boolean", lambda s: numbers(s).filter(F.col("n")))
    case("filter with aggregate", lambda s: numbers(s).filter(F.count("n") > 1))
    case("filter missing", lambda s: numbers(s).filter(F.col("zzz") > 1))
    # columns
    case("withColumn new", lambda s: numbers(s).withColumn("m", F.col("n") * 2))
    case("withColumn replaces in place", lambda s: numbers(s).withColumn("N", F.lit("z")))
    case("withColumns", lambda s: numbers(s).withColumns({"a": F.col("n") + 1, "t": F.upper("t")}))
    case("withColumn chain", lambda s: numbers(s).withColumn("a", F.col("n") + 1).withColumn("b", F.col("a") + 1).filter("b" and F.col("b") > 3))
    case("withColumnRenamed", lambda s: numbers(s).withColumnRenamed("N", "number").withColumnRenamed("nope", "x"))
    case("withColumnsRenamed", lambda s: numbers(s).withColumnsRenamed({"n": "t", "t": "n"}))
    case("drop", lambda s: people(s).drop("tags", "home", "scores", "nope"))
    case("drop column", lambda s: (lambda d: d.drop(d["n"]))(numbers(s)))
    case("drop unknown column", lambda s: numbers(s).drop(F.col("zz")))
    case("toDF", lambda s: numbers(s).toDF("a", "b"))
    case("toDF wrong number", lambda s: numbers(s).toDF("a"))
    case("to schema", lambda s: numbers(s).to(T.StructType([T.StructField("t", T.StringType()), T.StructField("n", T.LongType())])))
    # limit
    case("limit", lambda s: s.range(10).limit(3))
    case("limit zero", lambda s: s.range(10).limit(0))
    case("offset", lambda s: s.range(5).offset(3))
    case("limit after offset", lambda s: s.range(10).offset(2).limit(3))
    case("limit negative", lambda s: s.range(5).limit(-1))
    # sort
    case("sort", lambda s: people(s).select("id", "salary").orderBy("salary"), ordered=True)
    case("sort descending", lambda s: people(s).select("id", "salary").orderBy(F.desc("salary")), ordered=True)
    case("sort nulls first and last", lambda s: people(s).select("id", "name").orderBy(F.col("name").desc_nulls_first(), "id"), ordered=True)
    case("sort two keys", lambda s: people(s).select("dept", "id").orderBy("dept", F.desc("id")), ordered=True)
    case("sort by dropped column", lambda s: people(s).select("name").orderBy(F.desc("id")), ordered=True)
    case("sort by expression", lambda s: s.range(6).orderBy(F.col("id") % 3, F.desc("id")), ordered=True)
    case("sort floats", lambda s: floats(s).orderBy("f", "i"), ordered=True)
    case("sort arrays and structs", lambda s: people(s).select("id", "tags", "home").orderBy("tags", "home"), ordered=True)
    case("sort by map", lambda s: people(s).orderBy("scores"))
    case("sort then limit", lambda s: people(s).select("id").orderBy(F.desc("id")).limit(2), ordered=True)
    # set operations
    case("union", lambda s: numbers(s).union(numbers(s).filter(F.col("n") == 2)))
    case("union widens", lambda s: s.range(2).select(F.col("id").cast("int").alias("id")).union(s.createDataFrame([(1.5,)], "d double")))
    case("union nullability", lambda s: s.range(1).union(numbers(s).select(F.col("n").cast("long"))))
    case("union with text", lambda s: s.createDataFrame([(1,)], "a int").union(s.createDataFrame([("7",)], "b string")))
    case("union of structs", lambda s: people(s).select("home").union(people(s).select("home")))
    case("union column count", lambda s: numbers(s).union(s.range(1)))
    case("union types that do not meet", lambda s: people(s).select("tags").union(s.range(1)))
    case("unionByName", lambda s: numbers(s).unionByName(numbers(s).select("t", "n")))
    case("unionByName missing allowed", lambda s: numbers(s).unionByName(s.createDataFrame([(9, True)], "n int, b boolean"), allowMissingColumns=True))
    case("unionByName missing", lambda s: numbers(s).unionByName(s.range(1)))
    case("intersect", lambda s: numbers(s).intersect(numbers(s).limit(3)))
    case("intersectAll", lambda s: numbers(s).intersectAll(numbers(s).filter(F.col("n") == 2)))
    case("subtract", lambda s: numbers(s).subtract(numbers(s).filter(F.col("n") == 1)))
    case("exceptAll", lambda s: numbers(s).exceptAll(s.createDataFrame([(2, "b")], "n int, t string")))
    case("distinct", lambda s: numbers(s).distinct())
    case("dropDuplicates all", lambda s: floats(s).select("f").dropDuplicates())
    case("dropDuplicates by key count", lambda s: people(s).dropDuplicates(["dept"]).select(F.count(F.lit(1)).alias("c")))
    case("dropDuplicates missing", lambda s: numbers(s).dropDuplicates(["zz"]))
    case("distinct with map", lambda s: people(s).distinct())
    # explode
    case("explode", lambda s: people(s).select("id", F.explode("tags")))
    case("explode in withColumn", lambda s: people(s).select("id", "tags").withColumn("tag", F.explode("tags")))
    case("explode replaces", lambda s: people(s).select("id", "tags").withColumn("tags", F.explode("tags")))
    case("explode_outer", lambda s: people(s).select("id", F.explode_outer("tags").alias("t")))
    case("posexplode", lambda s: people(s).select("id", F.posexplode("tags")))
    case("posexplode named", lambda s: people(s).select(F.posexplode("tags").alias("p", "t"), "id"))
    case("posexplode_outer", lambda s: people(s).select("id", F.posexplode_outer("tags")))
    case("explode map", lambda s: people(s).select("id", F.explode("scores")))
    case("explode map outer", lambda s: people(s).select("id", F.explode_outer("scores").alias("k", "v")))
    case("explode of structs", lambda s: people(s).select("id", F.array("home", F.col("home")).alias("hs")).select("id", F.explode("hs").alias("h")).select("id", "h.city"))
    case("inline", lambda s: people(s).select("id", F.inline(F.array("home"))))
    case("inline_outer", lambda s: people(s).select("id", F.inline_outer(F.array(F.col("home")))))
    case("stack", lambda s: numbers(s).select(F.stack(F.lit(2), F.col("n"), F.lit("a"), F.lit(7), F.col("t"))))
    case("stack of two types", lambda s: numbers(s).select(F.stack(F.lit(2), F.col("n"), F.lit(1), F.col("t"))))
    case("two generators", lambda s: people(s).select("id", F.explode("tags").alias("a"), F.explode(F.array(F.lit(1), F.lit(2))).alias("b")))
    case("explode nested", lambda s: people(s).select(F.upper(F.explode("tags"))))
    case("explode wrong type", lambda s: people(s).select(F.explode("id")))
    case("explode too few names", lambda s: people(s).select(F.posexplode("tags").alias("x")))
    case("explode map in withColumn", lambda s: people(s).withColumn("x", F.explode("scores")))
    case("inline wrong type", lambda s: people(s).select(F.inline("tags")))
    # aggregate
    case("groupBy count", lambda s: people(s).groupBy("dept").count())
    case("groupBy several", lambda s: people(s).groupBy("dept").agg(F.sum("salary"), F.avg("salary").alias("mean"), F.min("id"), F.max("name"), F.count("salary")))
    case("groupBy expression", lambda s: s.range(7).groupBy((F.col("id") % 3).alias("r")).agg(F.sum("id").alias("s")))
    case("groupBy expression unnamed", lambda s: s.range(7).groupBy(F.col("id") % 3).count())
    case("groupBy two keys", lambda s: numbers(s).groupBy("n", "t").count())
    case("groupBy struct field", lambda s: people(s).groupBy("home.city").agg(F.count("*").alias("c")))
    case("groupBy struct", lambda s: people(s).groupBy("home").count())
    case("groupBy floats", lambda s: floats(s).groupBy("f").count())
    case("global aggregate", lambda s: people(s).agg(F.count("*"), F.sum("salary")))
    case("global aggregate of nothing", lambda s: s.range(0).agg(F.count("*").alias("c"), F.sum("id").alias("s")))
    case("groupBy of nothing", lambda s: s.range(0).groupBy("id").count())
    case("select aggregate", lambda s: people(s).select(F.count("*"), F.max("id") + 1))
    case("aggregate arithmetic", lambda s: people(s).groupBy("dept").agg((F.sum("salary") / F.count("salary")).alias("mean"), F.upper(F.max("name"))))
    case("aggregate uses key", lambda s: s.range(7).groupBy((F.col("id") % 2).alias("k")).agg((F.col("id") % 2 + F.count("*")).alias("x")))
    case("countDistinct", lambda s: numbers(s).agg(F.countDistinct("n").alias("d"), F.countDistinct("n", "t").alias("d2")))
    case("countDistinct grouped", lambda s: people(s).groupBy("dept").agg(F.countDistinct("home.city").alias("cities")))
    case("sum distinct", lambda s: numbers(s).agg(F.sum_distinct("n").alias("sd")))
    case("collect_list", lambda s: numbers(s).orderBy("n").groupBy("t").agg(F.collect_list("n").alias("ns")))
    case("first and last", lambda s: numbers(s).agg(F.first("n").alias("f"), F.last("t").alias("l")))
    case("groupBy agg dict", lambda s: people(s).groupBy("dept").agg({"salary": "max"}))
    case("groupBy sum shortcut", lambda s: people(s).groupBy("dept").sum("salary", "id"))
    case("groupBy then filter", lambda s: numbers(s).groupBy("n").count().filter(F.col("count") > 1))
    case("aggregate by DataFrame", lambda s: (lambda d: d.groupBy(d["dept"]).agg(F.count(d["id"]).alias("c")))(people(s)))
    case("aggregate missing column", lambda s: people(s).groupBy("dept").agg(F.sum("salry")))
    case("aggregate not grouped", lambda s: people(s).groupBy("dept").agg(F.col("name"), F.count("*")))
    case("select aggregate not grouped", lambda s: people(s).select("name", F.count("*")))
    case("nested aggregate", lambda s: people(s).select(F.sum(F.count("id"))))
    # time windows
    case("window tumbling", lambda s: people(s).groupBy(F.window("joined", "5 minutes")).count())
    case("window with keys", lambda s: people(s).groupBy(F.window("joined", "10 minutes"), "dept").agg(F.sum("salary").alias("s")))
    case("window sliding", lambda s: people(s).groupBy(F.window("joined", "10 minutes", "5 minutes")).count())
    case("window start time", lambda s: people(s).groupBy(F.window("joined", "5 minutes", "5 minutes", "1 minute")).count())
    case("window field", lambda s: people(s).groupBy(F.window("joined", "5 minutes").alias("w")).agg(F.count("*").alias("c")).select("w.start", "w.end", "c"))
    case("window in select", lambda s: people(s).select("id", F.window("joined", "1 hour")))
    case("window twice the same", lambda s: people(s).groupBy(F.window("joined", "5 minutes")).agg(F.window("joined", "5 minutes").alias("again"), F.count("*").alias("c")), skip=True)
    case("window two different", lambda s: people(s).groupBy(F.window("joined", "5 minutes"), F.window("joined", "6 minutes")).count())
    case("window bad interval", lambda s: people(s).groupBy(F.window("joined", "5 foo")).count())
    case("window month", lambda s: people(s).groupBy(F.window("joined", "1 month")).count())
    case("window negative", lambda s: people(s).groupBy(F.window("joined", "-5 minutes")).count())
    case("window slide too long", lambda s: people(s).groupBy(F.window("joined", "5 minutes", "10 minutes")).count())
    case("window start too late", lambda s: people(s).groupBy(F.window("joined", "5 minutes", "5 minutes", "6 minutes")).count())
    case("window on a number", lambda s: people(s).groupBy(F.window("id", "5 minutes")).count())
    case("window of a window", lambda s: people(s).groupBy(F.window("joined", "5 minutes")).count().groupBy(F.window("window", "10 minutes")).agg(F.sum("count").alias("c")))
    case("window_time", lambda s: people(s).groupBy(F.window("joined", "5 minutes")).count().select(F.window_time("window").alias("t"), "count"))
    case("window before 1970", lambda s: s.createDataFrame([(datetime.datetime(1969, 12, 31, 23, 58, 30, tzinfo=UTC), 1)], "t timestamp, v int").groupBy(F.window("t", "7 minutes", "3 minutes", "1 minute")).count())
    case("window of days", lambda s: people(s).groupBy(F.window("joined", "3 days")).count())
    case("window by text", lambda s: s.createDataFrame([("2024-01-01 00:07:00",)], "t string").groupBy(F.window("t", "5 minutes")).count())
    # join
    depts = lambda s: s.createDataFrame([("sales", "S"), ("it", "I"), ("hr", "H"), (None, "N")], "dept string, code string")
    few = lambda s: people(s).select("id", "name", "dept")
    for how in ["inner", "left", "right", "full", "left_semi", "left_anti"]:
        case(f"join using {how}", lambda s, how=how: few(s).join(depts(s), "dept", how))
        case(f"join on {how}", lambda s, how=how: (lambda p, d: p.join(d, p["dept"] == d["dept"], how))(few(s), depts(s)))
    case("join with rest condition", lambda s: (lambda p, d: p.join(d, (p["dept"] == d["dept"]) & (p["id"] > 1), "left"))(few(s), depts(s)))
    case("join without equality", lambda s: (lambda a, b: a.join(b, a["id"] < b["k"]))(s.range(3), s.range(3).withColumnRenamed("id", "k")))
    case("join left without equality", lambda s: (lambda a, b: a.join(b, a["id"] > b["k"], "left"))(s.range(3), s.range(3).withColumnRenamed("id", "k")))
    case("join casts keys", lambda s: (lambda a, b: a.join(b, a["id"] == b["n"]))(s.range(4), numbers(s)))
    case("crossJoin", lambda s: s.range(2).crossJoin(s.range(2).withColumnRenamed("id", "k")))
    case("join by alias", lambda s: few(s).alias("a").join(few(s).alias("b"), F.col("a.id") == F.col("b.id") - 1).select("a.name", F.col("b.name").alias("next")))
    case("self join", lambda s: (lambda d: d.join(d, d["id"] == d["id"]))(s.range(3)))
    case("self join with filtered", lambda s: (lambda d: (lambda e: d.join(e, d["id"] == e["id"]))(d.filter(F.col("id") > 0)))(s.range(3)))
    case("self join ambiguous", lambda s: (lambda d: (lambda e: d.join(e, d["id"] > e["id"]))(d.filter(F.col("id") > 0)))(s.range(3)))
    case("self join ambiguous select", lambda s: (lambda d: d.join(d, d["id"] == d["id"]).select(d["id"]))(s.range(3)))
    case("join two using columns", lambda s: numbers(s).join(numbers(s).distinct(), ["n", "t"]))
    case("join floats", lambda s: (lambda a, b: a.join(b, a["f"] == b["g"]).select("i", "j"))(floats(s), floats(s).toDF("g", "j")))
    case("join using missing", lambda s: numbers(s).join(depts(s), "dept"))
    case("join condition not boolean", lambda s: (lambda a, b: a.join(b, a["n"]))(numbers(s), depts(s)))
    # missing values, statistics
    case("na fill number", lambda s: people(s).select("id", "name", "salary").na.fill(0))
    case("na fill text", lambda s: people(s).select("id", "name", "dept").na.fill("?"))
    case("na fill dict", lambda s: people(s).select("id", "name", "salary").na.fill({"name": "none", "salary": 1.5}))
    case("na fill NaN", lambda s: floats(s).na.fill(7.0))
    case("na fill subset", lambda s: people(s).select("name", "dept").na.fill("?", subset=["dept"]))
    case("na drop", lambda s: people(s).select("id", "name", "salary").na.drop())
    case("na drop all", lambda s: numbers(s).na.drop("all"))
    case("na drop threshold", lambda s: people(s).select("name", "dept", "salary").na.drop(thresh=2))
    case("na drop NaN", lambda s: floats(s).na.drop())
    case("na replace", lambda s: people(s).select("id", "dept").na.replace(["it", "sales"], ["IT", "S"]))
    case("na replace numbers", lambda s: numbers(s).na.replace(2, 20))
    case("describe", lambda s: people(s).select("id", "name", "salary").describe(), ordered=True)
    case("summary", lambda s: people(s).select("id", "salary").summary("count", "min", "max"), ordered=True)
    case("na fill boolean", lambda s: s.createDataFrame([(None, 1), (True, None)], "b boolean, i int").na.fill(True))
    case("na fill missing column", lambda s: numbers(s).na.fill(1, subset=["zz"]))
    case("na drop subset", lambda s: people(s).select("id", "name", "dept").na.drop(subset=["dept"]))
    case("na drop missing column", lambda s: numbers(s).na.drop(subset=["zz"]))
    case("na replace dict", lambda s: people(s).select("dept", "name").na.replace({"it": "IT", "Ann": None}, subset=["dept", "name"]))
    case("na replace null result", lambda s: floats(s).na.replace(1.5, 2.5))
    case("describe chosen", lambda s: people(s).describe("salary"), ordered=True)
    case("describe text numbers", lambda s: s.createDataFrame([("1",), ("x",), ("3",)], "t string").describe(), ordered=True)
    case("summary default", lambda s: people(s).select("id").summary(), ordered=True)
    # no-ops and others
    case("observe", lambda s: numbers(s).observe("seen", F.count(F.lit(1)).alias("c"), F.max("n").alias("m")))
    case("sort then first", lambda s: numbers(s).orderBy("n").agg(F.first("t").alias("f")))
    case("groupBy sorted by key", lambda s: people(s).groupBy("dept").count().orderBy("dept"), ordered=True)
    case("groupBy sorted by sum", lambda s: people(s).groupBy("dept").agg(F.sum("id").alias("s")).orderBy(F.desc("s"), "dept"), ordered=True)
    case("select reuses an alias", lambda s: numbers(s).select((F.col("n") + 1).alias("m"), (F.col("m") * 2).alias("k")))
    case("chained projections", lambda s: numbers(s).select((F.col("n") + 1).alias("a")).select((F.col("a") + 1).alias("b")).select((F.col("b") + 1).alias("c")).filter(F.col("c") > 4))
    case("filter above aggregate by DataFrame", lambda s: (lambda d: d.filter(d["count"] > 1))(numbers(s).groupBy("t").count()))
    case("explode twice", lambda s: people(s).select("id", F.explode("tags").alias("t"), "scores").select("id", "t", F.explode("scores")))
    case("deep nesting", lambda s: people(s).select(F.array(F.struct(F.col("home").alias("h"), F.col("tags").alias("t"))).alias("a")).select(F.explode("a").alias("x")).select("x.h.city", "x.t"))
    case("count distinct of struct", lambda s: people(s).agg(F.countDistinct("home").alias("h")))
    case("except of rows with nulls", lambda s: people(s).select("id", "name", "home", "tags").subtract(people(s).select("id", "name", "home", "tags").limit(2)))
    case("join on struct", lambda s: (lambda a, b: a.join(b, a["home"] == b["h"]).select("id", "k"))(people(s).select("id", "home"), people(s).select(F.col("home").alias("h"), F.col("id").alias("k"))))
    case("three joins", lambda s: few(s).join(depts(s), "dept").join(numbers(s).select(F.col("n").alias("id"), "t"), "id"))
    case("full join two keys", lambda s: numbers(s).join(numbers(s).select((F.col("n") + 1).alias("n"), "t"), ["n", "t"], "full"))
    case("anti join with condition", lambda s: (lambda a, b: a.join(b, (a["id"] == b["k"]) & (b["k"] > 1), "left_anti"))(s.range(4), s.range(4).withColumnRenamed("id", "k")))
    case("full join without equality", lambda s: (lambda a, b: a.join(b, a["id"] > b["k"] + 1, "full"))(s.range(3), s.range(3).withColumnRenamed("id", "k")))
    case("empty sides of a full join", lambda s: s.range(0).join(s.range(2), "id", "full"))
    case("repartition", lambda s: numbers(s).repartition(3))
    case("coalesce", lambda s: numbers(s).coalesce(1))
    case("repartition by column", lambda s: numbers(s).repartition(2, "n"))
    case("hint", lambda s: numbers(s).hint("broadcast"))
    case("sample seeded", lambda s: s.range(100).coalesce(1).sample(False, 0.1, 42))
    case("batch watermark is ignored", lambda s: people(s).withWatermark("joined", "10 minutes").select("id"))
    case("watermark bad delay", lambda s: people(s).withWatermark("joined", "10 foo"))
    case("alias keeps columns", lambda s: numbers(s).alias("a"))
    case("select after rename by name", lambda s: numbers(s).withColumnRenamed("n", "m").select("m", "t"))
    # the workshop's parsing cell over batch rows
    event = "struct<eventType:string,eventID:string,productId:string,userAgent:struct<platform:string,browser:string>,extraPayload:array<struct<relatedProductId:string,relatedProductCategory:string>>>"
    bodies = [
        '{"eventType":"view","eventID":"e1","productId":"p1","userAgent":{"platform":"ios","browser":"safari"},"extraPayload":[{"relatedProductId":"p2","relatedProductCategory":"c"}]}',
        '{"eventType":"buy","eventID":"e2","productId":"p2","userAgent":{"platform":"web"},"extraPayload":[]}',
        "broken",
    ]
    raw = lambda s: s.createDataFrame([(bytearray(b.encode()), day(1, 10, i)) for i, b in enumerate(bodies)], "body binary, enqueuedTime timestamp")
    parsed = lambda s: raw(s).select(F.from_json(F.col("body").cast("string"), event).alias("data"), F.col("enqueuedTime").alias("processing_time")).select("data.*", "processing_time")
    case("workshop parse", parsed)
    case("workshop explode", lambda s: parsed(s).withColumn("clickpath", F.explode("extraPayload")))
    case("workshop window", lambda s: parsed(s).withWatermark("processing_time", "10 minutes").groupBy(F.window("processing_time", "5 minutes"), "eventType", "userAgent.platform").agg(F.count("*").alias("event_count"), F.countDistinct("productId").alias("unique_products")))

    # show
    show("show people", people)
    show("show untruncated", people, truncate=0)
    show("show two rows", people, n=2)
    show("show one row", people, n=1)
    show("show narrow", people, truncate=3)
    show("show vertical", people, n=3, vertical=True)
    show("show vertical untruncated", people, truncate=0, vertical=True)
    show("show empty", lambda s: s.createDataFrame([], "a int, long_name string"))
    show("show empty vertical", lambda s: s.createDataFrame([], "a int"), vertical=True)
    show("show no columns", lambda s: s.range(2).select())
    show("show zero rows", lambda s: s.range(2), n=0)
    show("show wide characters", lambda s: s.createDataFrame([("日本語", "a"), ("ab", "한국")], "w string, `列` string"))
    show("show control characters", lambda s: s.createDataFrame([("a\nb\tc", "x\\y")], "c string, d string"))
    show("show all types", lambda s: s.createDataFrame([(True, 1, 2, 3, 4, 1.5, 1e20, decimal.Decimal("1.20"), "s", bytearray(b"AB"), datetime.date(2024, 2, 29), day(1, 2, 3)), (None,) * 12], "b boolean, y byte, h short, i int, l long, f float, d double, c decimal(5,2), s string, x binary, t date, ts timestamp"))
    show("show tiny decimals and doubles", lambda s: s.createDataFrame([(decimal.Decimal("0.0000001"), 1e-5, 100.0, 1234567.0, 12345678.0)], "c decimal(10,7), a double, b double, e double, f double"))
    show("show nested nulls", lambda s: people(s).select("tags", "home", "scores", F.struct("home", "tags").alias("n")), truncate=0)
    show("show windows", lambda s: people(s).groupBy(F.window("joined", "5 minutes")).count().orderBy("window"), truncate=0)
    show("show long cells", lambda s: s.createDataFrame([("x" * 30, 1)], "a string, b int"))
    show("show exactly at the limit", lambda s: s.createDataFrame([("x" * 20, 1)], "a string, b int"))

    # printSchema
    case("tree of people", people, kind="tree")
    case("tree to level 1", people, kind="tree", level=1)
    case("tree of nesting", lambda s: people(s).select(F.array(F.struct("home", "tags")).alias("deep"), F.create_map(F.lit("k"), F.col("home")).alias("m"), F.lit("1.5").cast("decimal(5,2)").alias("c")), kind="tree")
    case("tree of windows", lambda s: people(s).groupBy(F.window("joined", "5 minutes")).count(), kind="tree")

    # streams: schema, batch action, and what start() says in the three modes
    rate = lambda s: s.readStream.format("rate").load()
    marked = lambda s: rate(s).withWatermark("timestamp", "1 minute")
    static = lambda s: s.range(3).withColumnRenamed("id", "k")
    aggregated = lambda s: rate(s).groupBy("value").count()
    windowed = lambda s: marked(s).groupBy(F.window("timestamp", "5 minutes")).count()
    stream("stream", rate)
    stream("stream select", lambda s: rate(s).select((F.col("value") * 2).alias("v")).filter(F.col("v") > 3))
    stream("stream watermark", marked)
    stream("stream watermark in months", lambda s: rate(s).withWatermark("timestamp", "1 month"))
    stream("stream watermark twice", lambda s: marked(s).withWatermark("timestamp", "2 minutes"))
    stream("stream watermark missing column", lambda s: rate(s).withWatermark("nope", "1 minute"))
    stream("stream watermark on a number", lambda s: rate(s).withWatermark("value", "1 minute"))
    stream("stream watermark negative", lambda s: rate(s).withWatermark("timestamp", "-1 minute"))
    stream("stream watermark alias", lambda s: marked(s).select(F.col("timestamp").alias("t"), "value"))
    stream("stream aggregate", aggregated)
    stream("stream global aggregate", lambda s: rate(s).agg(F.count("*").alias("c")))
    stream("stream window", windowed)
    stream("stream window alias", lambda s: marked(s).groupBy(F.window("timestamp", "5 minutes").alias("w"), "value").agg(F.max("timestamp").alias("m")))
    stream("stream countDistinct", lambda s: marked(s).groupBy(F.window("timestamp", "5 minutes")).agg(F.countDistinct("value").alias("d")))
    stream("stream countDistinct without watermark", lambda s: rate(s).groupBy("value").agg(F.countDistinct("timestamp").alias("d")))
    stream("stream dropDuplicates", lambda s: rate(s).dropDuplicates(["value"]))
    stream("stream distinct", lambda s: rate(s).distinct())
    stream("stream dropDuplicatesWithinWatermark", lambda s: marked(s).dropDuplicatesWithinWatermark(["value"]))
    stream("stream dropDuplicatesWithinWatermark without", lambda s: rate(s).dropDuplicatesWithinWatermark(["value"]))
    stream("stream dropDuplicates after aggregate", lambda s: aggregated(s).dropDuplicates(["value"]))
    stream("stream sort", lambda s: rate(s).orderBy("value"))
    stream("stream sort of aggregate", lambda s: aggregated(s).orderBy("value"))
    stream("stream limit", lambda s: rate(s).limit(3))
    stream("stream limit of aggregate", lambda s: aggregated(s).limit(3))
    stream("stream offset", lambda s: rate(s).offset(1))
    stream("stream sample", lambda s: rate(s).sample(0.5, seed=1))
    stream("stream union", lambda s: rate(s).union(rate(s)))
    stream("stream union with batch", lambda s: rate(s).select("value").union(s.range(3)))
    stream("stream intersect", lambda s: rate(s).select("value").intersect(s.range(3)))
    stream("stream except", lambda s: rate(s).select("value").exceptAll(s.range(3)))
    stream("batch except stream", lambda s: s.range(3).exceptAll(rate(s).select("value")))
    for how in ["inner", "left", "right", "full", "left_semi", "left_anti"]:
        stream(f"stream join static {how}", lambda s, how=how: rate(s).join(static(s), F.col("value") == F.col("k"), how))
        stream(f"static join stream {how}", lambda s, how=how: static(s).join(rate(s), F.col("value") == F.col("k"), how))
    stream("stream join stream", lambda s: rate(s).join(rate(s).toDF("t2", "v2"), F.expr("value = v2") if False else F.col("value") == F.col("v2")))
    stream("stream left join stream unbounded", lambda s: rate(s).join(rate(s).toDF("t2", "v2"), F.col("value") == F.col("v2"), "left"))
    stream("stream left join stream on event time", lambda s: marked(s).join(marked(s).toDF("t2", "v2"), (F.col("value") == F.col("v2")) & (F.col("timestamp") == F.col("t2")), "left"))
    stream("stream aggregate of aggregate", lambda s: aggregated(s).groupBy("count").agg(F.count("*").alias("c")))
    stream("stream aggregate of windows", lambda s: windowed(s).groupBy(F.window(F.window_time("window"), "10 minutes")).agg(F.sum("count").alias("c")))
    stream("stream dedupe then aggregate", lambda s: rate(s).dropDuplicates(["value"]).groupBy("value").count())
    stream("stream explode", lambda s: rate(s).select(F.explode(F.array("value")).alias("v")))
    stream("stream of batch", lambda s: s.range(3))


# --- answers of classic Spark -------------------------------------------------------------------------------------------------


def encode(value, data_type):
    """Integers, times and decimals as text, so that nothing is rounded; structs and rows by position; maps as pairs."""
    kind = data_type.typeName()
    if value is None:
        return None
    if kind in ("boolean", "string"):
        return value
    if kind in ("float", "double"):
        return value if value == value and abs(value) != float("inf") else {"special": str(value)}
    if kind == "binary":
        return base64.b64encode(bytes(value)).decode()
    if kind == "date":
        return str((value - datetime.date(1970, 1, 1)).days)
    if kind in ("timestamp", "timestamp_ntz"):
        zone = UTC if kind == "timestamp" else None
        moment = value.astimezone(UTC) if kind == "timestamp" else value
        return str((moment - datetime.datetime(1970, 1, 1, tzinfo=zone)) // datetime.timedelta(microseconds=1))
    if kind == "array":
        return [encode(v, data_type.elementType) for v in value]
    if kind == "map":
        return [[encode(k, data_type.keyType), encode(v, data_type.valueType)] for k, v in value.items()]
    if kind == "struct":
        return [encode(v, f.dataType) for v, f in zip(value, data_type.fields)]
    return format(value, "f") if isinstance(value, decimal.Decimal) else str(value)


def refusal(error):
    from pyspark.errors import PySparkException

    if not isinstance(error, PySparkException):
        raise error
    text = str(error).split(";\n")[0].strip()
    # Column ids and Java object ids differ from run to run.
    text = re.sub(r"#\d+L?", "", text)
    state = error.getSqlState()
    return {"exception": type(error).__name__, "condition": error.getCondition(), "sqlState": state, "message": text}


def attempt(run):
    try:
        return run()
    except Exception as error:
        return {"error": refusal(error)}


def start(df, mode, folder):
    query = df.writeStream.format("noop").outputMode(mode).option("checkpointLocation", folder).trigger(once=True).start()
    query.stop()
    return "started"


def answer(session, one, folder):
    df = one["build"](session)
    kind = one["kind"]
    if kind == "show":
        return {"text": df._jdf.showString(one["n"], one["truncate"], one["vertical"])}
    if kind == "tree":
        level = one.get("level")
        return {"text": df._jdf.schema().treeString(level if level is not None else 2147483647), "level": level}
    result = {"schema": json.loads(df.schema.json())}
    if kind == "stream":
        if not df.isStreaming:
            return {**result, "batch": True}
        result["collect"] = attempt(lambda: df.collect())
        result["start"] = {mode: attempt(lambda: start(df, mode, f"{folder}/{mode}")) for mode in ("append", "update", "complete")}
        return result
    return {**result, "rows": [encode(row, df.schema) for row in df.collect()]}


def classic(folder):
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as F
    from pyspark.sql import types as T
    from pyspark.sql.window import Window

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    cases(F, T, Window)
    answers = {one["name"]: attempt(lambda: answer(session, one, f"{folder}/{index}")) for index, one in enumerate(CASES) if not one.get("skip")}
    version = session.version
    session.stop()
    return version, answers


# --- plans of the Connect client ----------------------------------------------------------------------------------------------


def without_origins(value):
    """Drops where in the Python file an expression was written: it names this machine's folders."""
    if isinstance(value, list):
        return [without_origins(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: without_origins(item) for key, item in value.items() if key != "origin"}
    return {key: item for key, item in kept.items() if not (key == "common" and item == {})}


def plans():
    from google.protobuf.json_format import MessageToDict
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as F
    from pyspark.sql import types as T
    from pyspark.sql.window import Window

    session = SparkSession.builder.remote("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    cases(F, T, Window)
    result = {}
    for one in CASES:
        if one.get("skip"):
            continue
        try:
            df = one["build"](session)
            result[one["name"]] = without_origins(MessageToDict(df._plan.to_proto(session.client).root))
        except Exception as error:
            result[one["name"]] = {"clientError": f"{type(error).__name__}: {error}"[:300]}
    return result


def main():
    if "--plans" in sys.argv:
        json.dump(plans(), sys.stdout)
        os._exit(0)
    target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "relations")
    import tempfile

    environment = {k: v for k, v in os.environ.items() if not k.startswith("SPARK_")}
    run = subprocess.run([sys.executable, __file__, "--plans"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    recorded = json.loads(run.stdout)
    with tempfile.TemporaryDirectory() as folder:
        version, answers = classic(folder)
    groups = {}
    for one in CASES:
        if one.get("skip"):
            continue
        more = {key: one[key] for key in ("ordered", "n", "truncate", "vertical") if key in one}
        groups.setdefault(one["kind"], []).append({"name": one["name"], **more, "plan": recorded[one["name"]], "answer": answers[one["name"]]})
    os.makedirs(target, exist_ok=True)
    for kind, found in groups.items():
        with open(f"{target}/{kind}.json", "w") as file:
            json.dump({"spark": version, "behaviour": "classic", "cases": found}, file, indent=1, ensure_ascii=False)
            file.write("\n")
    print({kind: len(found) for kind, found in groups.items()}, version)


main()
