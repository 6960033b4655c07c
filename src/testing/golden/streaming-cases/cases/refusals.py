"""What Spark refuses, with its words, and when: at analysis, at start() or in the run."""

from _events import STORY, e

MODES = ("append", "update", "complete")


def cases(case, F, Window):
    def marked(d):
        return d.stream().withWatermark("t", "10 seconds")

    def refused(name, build, mode="append", feed=(), **more):
        case(name, build, list(feed), mode, style="all", **more)

    # output modes
    plans = {
        "a projection": lambda d: d.stream().select("k"),
        "a watermark alone": lambda d: marked(d),
        "a count by key": lambda d: d.stream().groupBy("k").count(),
        "a count without keys": lambda d: d.stream().agg(F.count("*")),
        "a count by key beside a watermark": lambda d: marked(d).groupBy("k").count(),
        "a count by window without a watermark": lambda d: d.stream().groupBy(F.window("t", "5 seconds")).count(),
        "a count by window": lambda d: marked(d).groupBy(F.window("t", "5 seconds")).count(),
        "a count by a date of the event time": lambda d: marked(d).groupBy(F.to_date("t")).count(),
        "a count by the start of a window": lambda d: marked(d).groupBy(F.window("t", "5 seconds").start).count(),
        "a count by another column with a watermark after it": lambda d: d.stream().groupBy("t").count().withWatermark("t", "10 seconds"),
        "dropDuplicates": lambda d: d.stream().dropDuplicates(["k"]),
        "dropDuplicatesWithinWatermark": lambda d: marked(d).dropDuplicatesWithinWatermark(["k"]),
        "dropDuplicatesWithinWatermark without a watermark": lambda d: d.stream().dropDuplicatesWithinWatermark(["k"]),
        "distinct": lambda d: d.stream().select("k").distinct(),
        "limit": lambda d: d.stream().limit(3),
        "limit of a count": lambda d: d.stream().groupBy("k").count().limit(3),
        "limit of a count by window": lambda d: marked(d).groupBy(F.window("t", "5 seconds")).count().limit(3),
        "sort": lambda d: d.stream().orderBy("t"),
        "sort of a count": lambda d: d.stream().groupBy("k").count().orderBy("count"),
        "sort of a count by window": lambda d: marked(d).groupBy(F.window("t", "5 seconds")).count().orderBy("window"),
        "sort below a count": lambda d: d.stream().orderBy("t").groupBy("k").count(),
        "sortWithinPartitions": lambda d: d.stream().sortWithinPartitions("t"),
        "countDistinct": lambda d: d.stream().groupBy("k").agg(F.countDistinct("v")),
        "countDistinct by window": lambda d: marked(d).groupBy(F.window("t", "5 seconds")).agg(F.countDistinct("k").alias("d")),
        "sum distinct": lambda d: d.stream().agg(F.sum_distinct("v")),
        "collect_set with count distinct": lambda d: d.stream().groupBy("k").agg(F.collect_set("v"), F.expr("count(DISTINCT v) FILTER (WHERE v > 1)")),
        "rollup": lambda d: d.stream().rollup("k").count(),
        "cube": lambda d: marked(d).cube("k", "v").count(),
        "pivot": lambda d: d.stream().groupBy("k").pivot("v", [1, 2]).count(),
        "a session window": lambda d: marked(d).groupBy(F.session_window("t", "5 seconds"), "k").count(),
        "a session window without keys": lambda d: marked(d).groupBy(F.session_window("t", "5 seconds")).count(),
        "a window function": lambda d: d.stream().withColumn("n", F.row_number().over(Window.partitionBy("k").orderBy("t"))),
        "a window function over a count": lambda d: d.stream().groupBy("k").count().withColumn("n", F.rank().over(Window.orderBy("count"))),
        "sample": lambda d: d.stream().sample(fraction=0.5, seed=1),
        "offset": lambda d: d.stream().offset(2),
        "monotonically_increasing_id": lambda d: d.stream().withColumn("i", F.monotonically_increasing_id()),
        "union with a batch": lambda d: d.stream().select("k").union(d.rows([("a",)], "k string")),
        "intersect": lambda d: d.stream().select("k").intersect(d.stream("other").select("k")),
        "intersect with a batch": lambda d: d.stream().select("k").intersect(d.rows([("a",)], "k string")),
        "exceptAll of a batch": lambda d: d.stream().select("k").exceptAll(d.rows([("a",)], "k string")),
        "subtract of a batch": lambda d: d.stream().select("k").subtract(d.rows([("a",)], "k string")),
        "a batch without a stream": lambda d: d.rows([("a",)], "k string").subtract(d.stream().select("k")),
        "two aggregations": lambda d: d.stream().groupBy("k").count().groupBy("count").agg(F.count("*").alias("n")),
        "two aggregations by window": lambda d: marked(d).groupBy(F.window("t", "5 seconds")).count().groupBy(F.window("window", "10 seconds")).agg(F.sum("count").alias("n")),
        "an aggregation after dropDuplicates": lambda d: d.stream().dropDuplicates(["k"]).groupBy("k").count(),
        "dropDuplicates after an aggregation": lambda d: d.stream().groupBy("k").count().dropDuplicates(["count"]),
        "dropDuplicates after an aggregation by window": lambda d: marked(d).groupBy(F.window("t", "5 seconds")).count().dropDuplicates(["count"]),
        "dropDuplicatesWithinWatermark after an aggregation": lambda d: marked(d).groupBy(F.window("t", "5 seconds")).count().dropDuplicatesWithinWatermark(["count"]),
        "an aggregation of a batch beside a stream": lambda d: d.stream().join(d.rows([("a", 1), ("a", 2)], "k string, n int").groupBy("k").agg(F.sum("n").alias("n")), "k"),
        "a stream of a batch": lambda d: d.rows([("a",)], "k string"),
        "a stream-stream join": lambda d: d.stream().join(d.stream("other").select("k", F.col("v").alias("w")), "k"),
        "a stream-stream join without an equality": lambda d: d.stream().join(d.stream("other").toDF("t2", "k2", "v2"), F.col("v") > F.col("v2")),
        "an aggregation after a stream-stream join": lambda d: marked(d).join(d.stream("other").select("k", F.col("v").alias("w")), "k").groupBy("k").count(),
        "a self join": lambda d: (lambda s: s.join(s.select("k", F.col("v").alias("w")), "k"))(d.stream()),
        "tail": lambda d: d.stream().groupBy("k").count().offset(1),
    }
    for name, build in plans.items():
        for mode in MODES:
            refused(f"{name} in {mode}", build, mode)
    refused("an output mode that does not exist", lambda d: d.stream(), "sometimes")
    refused("an output mode in capitals", lambda d: d.stream(), "APPEND")

    # windows
    durations = {
        "no number": ("five seconds",),
        "negative": ("-5 seconds",),
        "zero": ("0 seconds",),
        "a month": ("1 month",),
        "a year": ("1 year",),
        "slide longer than the window": ("5 seconds", "10 seconds"),
        "slide of zero": ("5 seconds", "0 seconds"),
        "slide negative": ("5 seconds", "-1 second"),
        "start as long as the slide": ("5 seconds", "5 seconds", "5 seconds"),
        "start longer than the slide": ("10 seconds", "5 seconds", "7 seconds"),
        "start negative": ("5 seconds", "5 seconds", "-2 seconds"),
        "start far negative": ("5 seconds", "5 seconds", "-7 seconds"),
        "start in months": ("5 seconds", "5 seconds", "1 month"),
        "slide in months": ("5 seconds", "1 month"),
        "microseconds": ("5 microseconds",),
        "nonsense after the number": ("5 parsecs",),
        "interval in words": ("interval 5 seconds",),
        "a fraction": ("1.5 seconds",),
        "no unit": ("5",),
    }
    for name, arguments in durations.items():
        refused(f"window duration: {name}", lambda d, arguments=arguments: marked(d).groupBy(F.window("t", *arguments)).count(), feed=[[e(10), e(12)], [e(40)]] if name in ("start negative", "interval in words", "a fraction") else ())
    refused("window of text", lambda d: d.stream().groupBy(F.window("k", "5 seconds")).count(), "update", feed=[['{"k":"2024-01-01T00:00:10Z"}']])
    refused("window of a number", lambda d: d.stream().groupBy(F.window("v", "5 seconds")).count(), "update")
    refused("window of a missing column", lambda d: d.stream().groupBy(F.window("nope", "5 seconds")).count(), "update")
    refused("window of a date", lambda d: d.stream().groupBy(F.window(F.to_date("t"), "1 day")).count(), "update", feed=[STORY[0]])
    refused("two windows", lambda d: marked(d).groupBy(F.window("t", "5 seconds"), F.window("t", "10 seconds")).count(), "update")
    refused("the same window twice", lambda d: marked(d).groupBy(F.window("t", "5 seconds"), F.window("t", "5 seconds")).count(), "update")
    refused("window_time of no window", lambda d: d.stream().select(F.window_time("t")))
    refused("window_time of a struct", lambda d: d.stream().select(F.window_time(F.struct("t", "k"))))

    # watermarks
    refused("watermark on a number", lambda d: d.stream().withWatermark("v", "10 seconds"))
    refused("watermark on text", lambda d: d.stream().withWatermark("k", "10 seconds"))
    refused("watermark on a missing column", lambda d: d.stream().withWatermark("nope", "10 seconds"))
    refused("watermark on a date", lambda d: d.stream().select(F.to_date("t").alias("day")).withWatermark("day", "10 seconds"))
    refused("watermark on a TIMESTAMP_NTZ", lambda d: d.stream(schema="t timestamp_ntz, v int").withWatermark("t", "10 seconds").groupBy(F.window("t", "5 seconds")).count(), feed=[['{"t":"2024-01-01T00:00:10"}'], ['{"t":"2024-01-01T00:00:50"}']])
    for delay in ("-10 seconds", "ten seconds", "10", "-1 year", "1 year -13 months", "1 month -40 days"):
        refused(f"watermark delay '{delay}'", lambda d, delay=delay: d.stream().withWatermark("t", delay))
    refused("two event times in one aggregation", lambda d: marked(d).withColumn("u", F.col("t")).groupBy(F.window("t", "5 seconds"), "u").count(), feed=STORY[:2])

    # in the run
    refused("division by zero in the second file", lambda d: d.stream().select((F.lit(10) / F.col("v")).alias("q")), feed=[[e(1, "a", 1)], [e(2, "b", 0)]])
    refused("division by zero in an aggregate", lambda d: d.stream().groupBy("k").agg(F.sum(F.lit(10) / F.col("v")).alias("q")), "update", feed=[[e(1, "a", 1)], [e(2, "b", 0)]])
    refused("a sum that overflows", lambda d: d.stream().agg(F.sum(F.lit(2**62)).alias("s")), "update", feed=[[e(1)], [e(2)]])
    refused("a cast that fails", lambda d: d.stream().select(F.col("k").cast("int").alias("i")), feed=[[e(1, "12")], [e(2, "x")]])
    refused("a bad line in FAILFAST", lambda d: d.stream(mode="FAILFAST"), feed=[[e(1)], ["{broken"]])
    refused("a bad line in PERMISSIVE", lambda d: d.stream(), feed=[[e(1, "a", 1)], ["{broken", e(2, "b", 2)]])
    refused("a bad line in DROPMALFORMED", lambda d: d.stream(mode="DROPMALFORMED"), feed=[[e(1, "a", 1)], ["{broken", e(2, "b", 2)]])
    refused("raise_error", lambda d: d.stream().filter(F.when(F.col("v") > 1, F.raise_error(F.lit("too much"))).otherwise(True)), feed=[[e(1, "a", 1)], [e(2, "b", 2)]])

    # of the columns
    refused("group by a missing column", lambda d: d.stream().groupBy("kk").count(), "update")
    refused("dropDuplicates by a missing column", lambda d: d.stream().dropDuplicates(["kk"]))
    refused("dropDuplicatesWithinWatermark by a missing column", lambda d: marked(d).dropDuplicatesWithinWatermark(["kk"]))
    refused("an aggregate of no type", lambda d: d.stream().agg(F.sum("k")), "update", feed=[[e(1, "5"), e(2, "2.5")]])
    refused("a map as a key", lambda d: d.stream().groupBy(F.create_map("k", "v").alias("m")).count(), "update", feed=[[e(1, "a", 1), e(2, "a", 1), e(3, "b", 1)]])
    refused("dropDuplicates by a map", lambda d: d.stream().select(F.create_map("k", "v").alias("m")).dropDuplicates(["m"]), feed=[[e(1, "a", 1), e(2, "a", 1)]])
    refused("distinct of a map", lambda d: d.stream().select(F.create_map("k", "v").alias("m")).distinct(), "update")
    refused("a nested aggregate", lambda d: d.stream().agg(F.sum(F.count("v"))), "update")
    refused("a column that is not grouped", lambda d: d.stream().groupBy("k").agg(F.col("v")), "update")
    refused("rand in an aggregate's key", lambda d: d.stream().groupBy(F.rand(1)).count(), "update")
