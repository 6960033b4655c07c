"""Time windows: shapes, modes, aggregates, keys."""

from _events import RESTARTED, STORY, at, e

MODES = ("append", "update", "complete")


def cases(case, F, Window):
    def marked(d, delay="10 seconds"):
        return d.stream().withWatermark("t", delay)

    def tumbling(d, *keys):
        return marked(d).groupBy(F.window("t", "5 seconds"), *keys)

    shapes = {
        "tumbling": ("5 seconds",),
        "sliding": ("10 seconds", "5 seconds"),
        "sliding unevenly": ("10 seconds", "4 seconds"),
        "start offset": ("5 seconds", "5 seconds", "2 seconds"),
    }
    for mode in MODES:
        for shape, arguments in shapes.items():
            case(
                f"{shape} count in {mode}",
                lambda d, arguments=arguments: marked(d).groupBy(F.window("t", *arguments)).count(),
                STORY,
                mode,
            )
        case(f"tumbling count by key in {mode}", lambda d: tumbling(d, "k").count(), STORY, mode)
        case(f"all files at once in {mode}", lambda d: tumbling(d, "k").agg(F.count("*").alias("c")), STORY, mode, style="all")
        case(f"restarts in {mode}", lambda d: tumbling(d, "k").agg(F.count("*").alias("c"), F.sum("v").alias("s")), RESTARTED, mode)
        case(f"restarts, all files at once in {mode}", lambda d: tumbling(d).agg(F.count("*").alias("c")), RESTARTED, mode, style="all")
        case(f"batches without data off in {mode}", lambda d: tumbling(d).count(), STORY, mode, conf={"spark.sql.streaming.noDataMicroBatches.enabled": "false"})

    aggregates = {
        "sum": lambda: F.sum("v"),
        "avg": lambda: F.avg("v"),
        "min": lambda: F.min("v"),
        "max": lambda: F.max("k"),
        "first": lambda: F.first("v"),
        "first that is not NULL": lambda: F.first("v", ignorenulls=True),
        "last": lambda: F.last("k"),
        "collect_list": lambda: F.collect_list("v"),
        "collect_set": lambda: F.sort_array(F.collect_set("k")),
        "approx_count_distinct": lambda: F.approx_count_distinct("k"),
        "count of a column": lambda: F.count("v"),
        "count with a filter": lambda: F.expr("count(*) FILTER (WHERE v > 5)"),
        "sum of an expression": lambda: F.sum(F.col("v") * 2 + 1),
        "arithmetic over aggregates": lambda: F.sum("v") / F.count("v"),
        "max of a struct": lambda: F.max(F.struct("v", "k")),
        "min of the event time": lambda: F.min("t"),
        "max_by": lambda: F.max_by("k", "v"),
        "stddev": lambda: F.stddev("v"),
        "bool_or": lambda: F.bool_or(F.col("v") > 10),
        "sum of doubles": lambda: F.sum(F.col("v") / 10),
        "sum of decimals": lambda: F.sum(F.col("v").cast("decimal(10,2)")),
        "avg of decimals": lambda: F.avg(F.col("v").cast("decimal(10,2)")),
    }
    for name, aggregate in aggregates.items():
        case(f"{name} in append", lambda d, a=aggregate: tumbling(d).agg(a().alias("x")), STORY, "append")
        case(f"{name} in update", lambda d, a=aggregate: tumbling(d).agg(a().alias("x")), RESTARTED, "update")
    for name in ("sum", "first", "last", "collect_list", "approx_count_distinct"):
        case(f"{name} in complete", lambda d, a=aggregates[name]: tumbling(d).agg(a().alias("x")), RESTARTED, "complete")
    case(
        "many aggregates in update",
        lambda d: tumbling(d, "k").agg(F.count("*").alias("c"), F.sum("v").alias("s"), F.avg("v").alias("a"), F.min("v").alias("n"), F.max("v").alias("x"), F.first("t").alias("f")),
        STORY,
        "update",
    )
    case("no aggregate but the window", lambda d: tumbling(d).agg(F.lit(1).alias("one")), STORY, "update")
    case("select of window fields", lambda d: tumbling(d, "k").count().select("window.start", F.col("window.end").alias("e"), "k", (F.col("count") + 1).alias("n")), STORY)
    case("filter after the count", lambda d: tumbling(d).count().filter("count > 1"), STORY)
    case("filter after the count in update", lambda d: tumbling(d).count().where(F.col("count") > 1), STORY, "update")
    case("window under another name", lambda d: marked(d).groupBy(F.window("t", "5 seconds").alias("w"), F.upper("k").alias("u")).count(), STORY)
    case("window in withColumn", lambda d: marked(d).withColumn("w", F.window("t", "5 seconds")).groupBy("w").count(), STORY)
    case("window of a renamed time", lambda d: marked(d).withColumnRenamed("t", "time").groupBy(F.window("time", "5 seconds")).count(), STORY)
    case("window of an aliased time", lambda d: marked(d).select(F.col("t").alias("time"), "k").groupBy(F.window("time", "5 seconds"), "k").count(), STORY)
    case("explode below the window", lambda d: marked(d).select("t", F.explode(F.array("k", F.lit("z"))).alias("k")).groupBy(F.window("t", "10 seconds"), "k").count(), STORY)
    case("count without a window select", lambda d: tumbling(d).count().select("count"), STORY)

    # keys
    for mode in ("update", "complete"):
        case(f"key without a watermark in {mode}", lambda d: d.stream().groupBy("k").agg(F.count("*").alias("c"), F.sum("v").alias("s")), RESTARTED, mode)
        case(f"expression as a key in {mode}", lambda d: d.stream().groupBy((F.col("v") % 3).alias("r"), F.col("k").isNull().alias("n")).count(), STORY, mode)
    case("struct as a key", lambda d: d.stream().groupBy(F.struct("k", "v").alias("s")).count(), [STORY[0], STORY[0], [e(1, "a", 1), e(2), e(3, "a")]], "update")
    case("struct and window as keys", lambda d: tumbling(d, F.struct("k").alias("s")).count(), STORY)
    case("array as a key", lambda d: d.stream().groupBy(F.array("k", "k").alias("a")).count(), [STORY[0], STORY[2]], "update")
    case("doubles as keys", lambda d: d.stream().groupBy((F.col("v") / 0.5).alias("d")).count(), STORY, "update")
    special = '{"t":"%s","k":"%s","v":%d}'
    texts = [[special % (at(1), k, 1) for k in ("NaN", "0.0", "-0.0", "Infinity", "x")], [special % (at(2), k, 1) for k in ("NaN", "-0.0")]]
    case("NaN and zeros as keys", lambda d: d.stream().groupBy(F.expr("try_cast(k AS double)").alias("d")).count(), texts, "update")
    case("dates as keys", lambda d: d.stream().groupBy(F.to_date("t").alias("day")).count(), [[e(0), e(86399), e(86400)], [e(-1), e(None)]], "update")
    case("decimals as keys", lambda d: d.stream().groupBy((F.col("v") / F.lit(3).cast("decimal(20,10)")).alias("q")).count(), STORY[:2], "update")
    case("event time itself as the key", lambda d: marked(d).groupBy("t").count(), STORY)
    case("event time itself as the key in update", lambda d: marked(d).groupBy("t", "k").count(), STORY, "update")
    case("key and window without a watermark in update", lambda d: d.stream().groupBy(F.window("t", "5 seconds"), "k").count(), STORY, "update")
    case("key and window without a watermark in complete", lambda d: d.stream().groupBy(F.window("t", "5 seconds"), "k").count(), RESTARTED, "complete")
    case("window and key in the other order", lambda d: marked(d).groupBy("k", F.window("t", "5 seconds")).agg(F.max("v").alias("m")), STORY)
    case("empty strings and NULL are two keys", lambda d: d.stream().groupBy("k").count(), [[e(1, ""), e(2), e(3, "")], [e(4)]], "update")

    # no keys
    for mode in ("update", "complete"):
        case(f"no keys in {mode}", lambda d: d.stream().agg(F.count("*").alias("c"), F.sum("v").alias("s"), F.max("k").alias("m")), RESTARTED, mode)
        case(f"no keys, empty file first in {mode}", lambda d: d.stream().agg(F.count("*").alias("c"), F.sum("v").alias("s")), [[], STORY[0], [], STORY[1]], mode)
        case(f"no keys, with a watermark in {mode}", lambda d: marked(d).agg(F.count("*").alias("c")), STORY, mode)
    case("no keys, collect_list", lambda d: d.stream().agg(F.collect_list("k").alias("l"), F.first("v").alias("f"), F.last("v").alias("z")), RESTARTED, "complete")

    # complete with a sort
    case("complete sorted", lambda d: d.stream().groupBy("k").count().orderBy(F.desc("count"), "k"), RESTARTED, "complete")
    case("complete sorted and limited", lambda d: d.stream().groupBy("k").count().orderBy(F.desc("count"), F.col("k").asc_nulls_last()).limit(2), RESTARTED, "complete")
    case("complete windows sorted", lambda d: tumbling(d).count().orderBy("window"), STORY, "complete")
    case("complete, sorted then selected", lambda d: tumbling(d, "k").agg(F.sum("v").alias("s")).orderBy("window", "k").select("k", "s"), STORY, "complete")
    case("complete, limited without a sort", lambda d: d.stream().groupBy("k").count().limit(1), [STORY[0][:1], STORY[0][:1]], "complete")

    # distinct
    case("distinct in append", lambda d: d.stream().select("k").distinct(), RESTARTED)
    case("distinct in update", lambda d: d.stream().select("k").distinct(), RESTARTED, "update")
    case("distinct with a watermark in append", lambda d: marked(d).select("t", "k").distinct(), STORY)
    case("groupBy of windows without aggregates", lambda d: tumbling(d, "k").agg(F.count("*")), STORY, "update")

    # batches without rows
    case("an empty file in the middle", lambda d: tumbling(d).count(), [STORY[0], [], STORY[1], [], []])
    case("an empty file first", lambda d: tumbling(d).count(), [[], STORY[0], STORY[1]])
    case("only an empty file in complete", lambda d: tumbling(d).count(), [[]], "complete")
    case("rows that are all filtered away", lambda d: marked(d).filter("v > 100").groupBy(F.window("t", "5 seconds")).count(), STORY)
