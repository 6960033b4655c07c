"""dropDuplicates, dropDuplicatesWithinWatermark, limit in append, chained stateful operators."""

from _events import RESTARTED, STORY, at, e

NO_DATA_OFF = {"spark.sql.streaming.noDataMicroBatches.enabled": "false"}
MODES = ("append", "update")


def cases(case, F, Window):
    def marked(d, delay="10 seconds"):
        return d.stream().withWatermark("t", delay)

    copies = [
        [e(10, "a", 1), e(10, "a", 1), e(11, "a", 1), e(12, "b", 2), e(12, "b", 3)],
        [e(10, "a", 1), e(12, "b", 2), e(25, "c", 4), e(25, "c", 4)],
        [e(15, "a", 1), e(14, "b", 9), e(16, "d", 5), e(25, "c", 4)],
        [e(45, "a", 1), e(16, "d", 5)],
        [e(16, "d", 5), e(35, "e", 6), e(36, "e", 6), e(46, "a", 1), e(None, "n", 7), e(None, "n", 7)],
    ]
    restarted = [*copies[:2], "restart", copies[2], "restart", *copies[3:]]
    for mode in MODES:
        case(f"dropDuplicates of all columns in {mode}", lambda d: d.stream().dropDuplicates(), copies, mode)
        case(f"dropDuplicates by a column in {mode}", lambda d: d.stream().dropDuplicates(["k"]), copies, mode)
        case(f"dropDuplicates by key and event time in {mode}", lambda d: marked(d).dropDuplicates(["k", "t"]), copies, mode)
        case(f"dropDuplicates by a key beside a watermark in {mode}", lambda d: marked(d).dropDuplicates(["k"]), copies, mode)
        case(f"dropDuplicates of all columns with a watermark in {mode}", lambda d: marked(d).dropDuplicates(), copies, mode)
        case(f"dropDuplicatesWithinWatermark by a column in {mode}", lambda d: marked(d).dropDuplicatesWithinWatermark(["k"]), copies, mode)
        case(f"dropDuplicatesWithinWatermark of all columns in {mode}", lambda d: marked(d).dropDuplicatesWithinWatermark(), copies, mode)
    for name, build in {
        "dropDuplicates by a column": lambda d: d.stream().dropDuplicates(["k"]),
        "dropDuplicates by key and event time": lambda d: marked(d).dropDuplicates(["k", "t"]),
        "dropDuplicatesWithinWatermark by a column": lambda d: marked(d, "2 seconds").dropDuplicatesWithinWatermark(["k"]),
    }.items():
        case(f"{name}, restarts", build, restarted)
        case(f"{name}, all files at once", build, copies, style="all")
        case(f"{name}, restarts, all files at once", build, restarted, style="all")
        case(f"{name}, no batches without data", build, copies, conf=NO_DATA_OFF)
    expiry = [[e(17, "a")], [e(16, "a"), e(13, "b"), e(14, "c")], [e(22, "b"), e(21, "c")], [e(21, "a")], [e(25, "d"), e(24, "a")], [e(27, "d")]]
    case("dropDuplicatesWithinWatermark expires and lets a key in again", lambda d: marked(d, "2 seconds").dropDuplicatesWithinWatermark(["k"]), expiry)
    case("dropDuplicatesWithinWatermark, the second copy does not extend the time", lambda d: marked(d, "5 seconds").dropDuplicatesWithinWatermark(["k"]), [[e(10, "a")], [e(14, "a")], [e(21, "z")], [e(17, "a"), e(20, "a")]])
    case("dropDuplicatesWithinWatermark with fractions", lambda d: marked(d, "1 second").dropDuplicatesWithinWatermark(["k"]), [[e(1.0005, "a")], [e(3.0004, "b")], [e(2.5, "a")], [e(3.001, "c")], [e(3, "a"), e(30, "z")]])
    case("dropDuplicatesWithinWatermark with NULL event time", lambda d: marked(d).dropDuplicatesWithinWatermark(["k"]), [[e(None, "a"), e(5, "a")], [e(None, "a"), e(None, "b")], [e(40, "a")]])
    case("dropDuplicatesWithinWatermark with NULL keys", lambda d: marked(d).dropDuplicatesWithinWatermark(["k"]), [[e(10), e(11)], [e(12), e(13, "a")], [e(40), e(41)]])
    case("dropDuplicates with NULL keys", lambda d: d.stream().dropDuplicates(["k", "v"]), [[e(1), e(2), e(3, "a"), e(4, "a")], [e(5), e(6, "a", 1), e(7, "a", 1)]])
    case("dropDuplicates by a struct", lambda d: d.stream().select(F.struct("k", "v").alias("s"), "t").dropDuplicates(["s"]), copies)
    case("dropDuplicates by the window", lambda d: marked(d).withColumn("w", F.window("t", "5 seconds")).dropDuplicates(["w", "k"]).select("w", "k", "v"), copies)
    case("dropDuplicates by the event time alone", lambda d: marked(d).dropDuplicates(["t"]), copies)
    case("dropDuplicates by shuffled columns", lambda d: marked(d).select("v", "k", "t").dropDuplicates(["t", "k"]), copies)
    case("dropDuplicates then select", lambda d: marked(d).dropDuplicates(["k", "t"]).select("v"), copies)
    case("select then dropDuplicates", lambda d: marked(d).select("t", F.upper("k").alias("u")).dropDuplicates(), copies)
    case("dropDuplicates twice", lambda d: d.stream().dropDuplicates(["k", "v"]).dropDuplicates(["k"]), copies)
    case("late rows of dropDuplicates count as rows", lambda d: marked(d).dropDuplicates(["k", "t"]), [[e(100, "z")], [e(1, "a"), e(1, "a"), e(2, "b")], [e(90, "y"), e(90.001, "y"), e(89.999, "y")]])
    case("an event of the year 2099 in dropDuplicates", lambda d: marked(d).dropDuplicates(["k", "t"]), [copies[0], [e("2099-01-01T00:00:00Z", "bad")], copies[2]])
    case("dropDuplicates of events before 1970", lambda d: marked(d).dropDuplicates(["k", "t"]), [[e(-1_800_000_000, "a")], [e(-1_800_000_000, "a"), e(20, "b")], [e(5, "c")]])
    case("dropDuplicates keeps the first row", lambda d: d.stream().dropDuplicates(["k"]), [[e(3, "a", 1), e(2, "a", 2), e(1, "a", 3)], [e(0, "a", 4)]])
    case("drop_duplicates over a union", lambda d: d.stream("left").union(d.stream("right")).dropDuplicates(["k"]), [{"left": copies[0], "right": copies[1]}, {"left": [], "right": copies[4]}], style="all")
    case("an empty file for dropDuplicates", lambda d: d.stream().dropDuplicates(["k"]), [[], copies[0], []])

    # chained
    case("dropDuplicates then count by window", lambda d: marked(d).dropDuplicates(["k", "t"]).groupBy(F.window("t", "5 seconds")).count(), copies)
    case("dropDuplicates then count by window, restarts", lambda d: marked(d).dropDuplicates(["k", "t"]).groupBy(F.window("t", "5 seconds")).count(), restarted)
    case("dropDuplicates then count by window in update", lambda d: marked(d).dropDuplicates(["k", "t"]).groupBy(F.window("t", "5 seconds")).count(), copies, "update")
    case("dropDuplicates then count in complete", lambda d: d.stream().dropDuplicates(["k", "v"]).groupBy("k").count(), copies, "complete")
    case("dropDuplicatesWithinWatermark then count by window", lambda d: marked(d).dropDuplicatesWithinWatermark(["k"]).groupBy(F.window("t", "5 seconds")).count(), copies)
    counted = lambda d, size="5 seconds": marked(d, "0 seconds").groupBy(F.window("t", size)).agg(F.count("*").alias("c"), F.sum("v").alias("s"))
    chain = [[e(s, "a", s) for s in range(10, 22)], [e(s, "a", s) for s in range(10, 30)], [e(30, "a", 30), e(31, "a", 31)], [e(60, "a", 1)]]
    two = lambda d: counted(d).groupBy(F.window("window", "10 seconds")).agg(F.count("*").alias("n"), F.sum("s").alias("s"))
    case("count of counts by larger windows", two, chain)
    case("count of counts by larger windows, all files at once", two, chain, style="all")
    case("count of counts by larger windows, restarts", two, [chain[0], "restart", chain[1], "restart", *chain[2:]])
    case("count of counts by window_time", lambda d: counted(d).groupBy(F.window(F.window_time("window"), "10 seconds")).agg(F.count("*").alias("n"), F.sum("s").alias("s")), chain)
    case("three levels of windows", lambda d: two(d).groupBy(F.window("window", "20 seconds")).agg(F.sum("s").alias("s")), [*chain, [e(100, "a", 1)]])
    case("count of counts in update", two, chain, "update")
    case("count of counts in complete", two, chain, "complete")
    case("a second aggregation on a plain window end", lambda d: counted(d).groupBy(F.col("window.end").alias("end")).agg(F.sum("s").alias("s")), chain)
    case("aggregation then dropDuplicates", lambda d: counted(d).dropDuplicates(["c", "window"]), chain)
    case("aggregation then dropDuplicates by a count", lambda d: counted(d).select("c", F.window_time("window").alias("t")).dropDuplicates(["c"]), chain)
    case("aggregation then dropDuplicates in update", lambda d: counted(d).dropDuplicates(["c"]), chain, "update")
    case("aggregation then distinct in complete", lambda d: d.stream().groupBy("k").count().select("count").distinct(), chain, "complete")

    # limit
    case("limit in append", lambda d: d.stream().limit(3), RESTARTED)
    case("limit in append, all files at once", lambda d: d.stream().select("k").limit(7), STORY, style="all")
    case("limit that is never reached", lambda d: d.stream().limit(100), STORY)
    case("limit of nothing", lambda d: d.stream().limit(0), STORY[:2])
    case("limit after a filter", lambda d: d.stream().filter("v > 2").limit(3), STORY)
    case("filter after a limit", lambda d: d.stream().limit(3).filter("v > 2"), STORY)
    case("limit twice", lambda d: d.stream().limit(5).limit(3), STORY)
    case("limit with an empty file", lambda d: d.stream().limit(6), [[], STORY[0], [], STORY[1]])
    case("limit with a watermark", lambda d: marked(d).limit(6), STORY)
    case("limit of a count in append", lambda d: marked(d).groupBy(F.window("t", "5 seconds")).count().limit(2), STORY)
    case("count of a limit in complete", lambda d: d.stream().limit(6).groupBy("k").count(), STORY, "complete")
    case("limit in update", lambda d: d.stream().limit(3), STORY, "update")
    case("limit of dropDuplicates", lambda d: d.stream().dropDuplicates(["k"]).limit(3), STORY)
