"""Watermarks: what is late, what the progress says, delays, several watermarks, odd event times."""

from _events import EVENTS_WITH_HOME, RESTARTED, STORY, at, e

NO_DATA_OFF = {"spark.sql.streaming.noDataMicroBatches.enabled": "false"}
MAX = {"spark.sql.streaming.multipleWatermarkPolicy": "max"}


def cases(case, F, Window):
    def counted(d, delay="10 seconds", duration="5 seconds"):
        return d.stream().withWatermark("t", delay).groupBy(F.window("t", duration)).count()

    # at the boundaries; W is 20 s after the first file
    boundary = [[e(10), e(30)], [e(14.999), e(15), e(19.999), e(20), e(20.001), e(24.999)], [e(35), e(25)], [e(24), e(20), e(60)]]
    for mode in ("append", "update", "complete"):
        case(f"late rows at the boundary in {mode}", lambda d: counted(d), boundary, mode)
        case(f"late rows at the boundary, all files at once in {mode}", lambda d: counted(d), boundary, mode, style="all")
    case("late rows without batches without data", lambda d: counted(d), boundary, conf=NO_DATA_OFF)
    case("late rows without batches without data in update", lambda d: counted(d), boundary, "update", conf=NO_DATA_OFF)
    case("late event times as keys at the boundary", lambda d: d.stream().withWatermark("t", "10 seconds").groupBy("t").count(), [[e(30)], [e(19.999), e(20), e(20.000001), e(20.001), e(21)], [e(40)], [e(30.5), e(90)]])
    case("late rows of several keys count as groups", lambda d: d.stream().withWatermark("t", "10 seconds").groupBy(F.window("t", "5 seconds"), "k").count(), [[e(100, "a")], [e(1, "a"), e(2, "a"), e(3, "b"), e(7, "a"), e(8, "b"), e(8, "b"), e(99, "a")]])
    case("late rows of a sliding window", lambda d: d.stream().withWatermark("t", "10 seconds").groupBy(F.window("t", "10 seconds", "5 seconds")).count(), [[e(40)], [e(24), e(26), e(31)], [e(60)]])
    case("late rows in a stateless query pass", lambda d: d.stream().withWatermark("t", "10 seconds").select("t", "k"), STORY)
    case("a key beside a watermark that is no key in update", lambda d: d.stream().withWatermark("t", "10 seconds").groupBy("k").count(), STORY, "update")
    case("a key beside a watermark that is no key in complete", lambda d: d.stream().withWatermark("t", "10 seconds").groupBy("k").count(), STORY, "complete")

    # delays
    for delay in ("0 seconds", "1 minute", "1 hour", "10 milliseconds", "1500 microseconds", "1 day", "1 month", "2 minutes 30 seconds", "interval 5 seconds", "1 week"):
        case(f"delay of {delay}", lambda d, delay=delay: counted(d, delay), [STORY[0], [e(25), e(9)], [e(4_000_000)], [e(30)]])
    case("events before 1970", lambda d: counted(d), [[e(-1_800_000_000)], [e(-1_799_999_000)], [e(-1_800_000_000), e(20)], [e(0)]])
    case("events before 1970 in update", lambda d: counted(d), [[e(-1_800_000_000)], [e(-1_799_999_000)], [e(20)]], "update")

    # event times of every kind
    fractions = [[e(1.000001), e(1.999999), e(2.5)], [e(12.000999), e(12.001)], [e(2.0019), e(30)]]
    case("fractions of a second", lambda d: counted(d, "10 seconds", "1 second"), fractions)
    case("fractions of a second as keys", lambda d: d.stream().withWatermark("t", "10 seconds").groupBy("t").count(), fractions)
    case("average of event times is cut to milliseconds", lambda d: counted(d), [[e(1), e(2), e(2)], [e(1.0005), e(1.0009)]])
    case("NULL event times", lambda d: counted(d), [[e(None, "a"), e(12)], [e(None), e(None)], [e(40), e(None)], [e(60)]])
    case("NULL event times alone", lambda d: counted(d), [[e(None)], [e(None)], [e(40)]])
    case("NULL event times as keys in update", lambda d: d.stream().withWatermark("t", "10 seconds").groupBy("t").count(), [[e(None), e(12)], [e(30)], [e(None)], [e(60)]], "update")
    case("NULL event times as keys in append", lambda d: d.stream().withWatermark("t", "10 seconds").groupBy("t").count(), [[e(None), e(12)], [e(30)], [e(None)], [e(60)]])
    case("an event of the year 2099", lambda d: counted(d), [STORY[0], [e("2099-01-01T00:00:00Z", "bad")], STORY[2], STORY[3]])
    case("an event of the year 2099 in update", lambda d: counted(d), [STORY[0], [e("2099-01-01T00:00:00Z", "bad")], STORY[2], STORY[3]], "update")
    case("an event of the year 2099 filtered away", lambda d: d.stream().filter(F.col("t") < "2030-01-01").withWatermark("t", "10 seconds").groupBy(F.window("t", "5 seconds")).count(), [STORY[0], [e("2099-01-01T00:00:00Z", "bad")], STORY[2], STORY[3]])
    case("text that is no time becomes NULL", lambda d: counted(d), [['{"t":"yesterday","k":"x"}', '{"t":"2024-01-01T00:00:11Z"}'], [e(40)]])
    case("time from text", lambda d: d.stream(schema="s string, v int").withColumn("t", F.to_timestamp("s", "yyyy/MM/dd HH:mm:ss")).withWatermark("t", "10 seconds").groupBy(F.window("t", "5 seconds")).agg(F.sum("v").alias("s")), [['{"s":"2024/01/01 00:00:10","v":1}', '{"s":"2024/01/01 00:00:25","v":2}'], ['{"s":"2024/01/01 00:01:00","v":3}']])
    case("time from seconds", lambda d: d.stream(schema="s long, v int").select(F.timestamp_seconds("s").alias("t"), "v").withWatermark("t", "10 seconds").groupBy(F.window("t", "5 seconds")).count(), [['{"s":1704067210}', '{"s":1704067225}'], ['{"s":1704067260}']])
    case("times with a zone", lambda d: counted(d), [[e("2024-01-01T02:00:10+02:00"), e("2023-12-31T19:00:25-05:00")], [e(60)]])

    # where the filter stands
    case("filter below the watermark", lambda d: d.stream().filter("v < 10").withWatermark("t", "10 seconds").groupBy(F.window("t", "5 seconds")).count(), STORY)
    case("filter above the watermark", lambda d: d.stream().withWatermark("t", "10 seconds").filter("v < 10").groupBy(F.window("t", "5 seconds")).count(), STORY)
    case("filter on the event time above the watermark", lambda d: d.stream().withWatermark("t", "10 seconds").filter(F.col("t") < at(40)).groupBy(F.window("t", "5 seconds")).count(), STORY)
    case("filter on both above the watermark", lambda d: d.stream().withWatermark("t", "10 seconds").filter((F.col("t") < at(40)) & (F.col("v") > 1)).groupBy(F.window("t", "5 seconds")).count(), STORY)
    case("filter on a computed column above the watermark", lambda d: d.stream().withWatermark("t", "10 seconds").withColumn("w", F.col("v") * 2).filter("w < 20").groupBy(F.window("t", "5 seconds")).count(), STORY)
    case("filter on the window's key", lambda d: d.stream().withWatermark("t", "10 seconds").groupBy(F.window("t", "5 seconds"), "k").count().filter("k = 'a'"), STORY)
    case("filter of a stateless query", lambda d: d.stream().withWatermark("t", "10 seconds").filter("v < 10"), STORY)
    case("filter of dropDuplicates", lambda d: d.stream().withWatermark("t", "10 seconds").filter("v < 10").dropDuplicates(["k", "t"]), STORY)
    case("filter with a random function above the watermark", lambda d: d.stream().withWatermark("t", "10 seconds").filter((F.rand(1) >= 0) & (F.col("v") < 10)).groupBy(F.window("t", "5 seconds")).count(), STORY)

    # nested event time
    nested = ['{"home":{"t":"%s","n":%d}}' % (at(s), s) for s in (10, 12, 25)]
    later = ['{"home":{"t":"%s","n":%d}}' % (at(s), s) for s in (3, 45)]
    case("event time from a struct's field", lambda d: d.stream(schema=EVENTS_WITH_HOME).select("home.*").withWatermark("t", "10 seconds").groupBy(F.window("t", "5 seconds")).count(), [nested, later])
    case("watermark on a window", lambda d: d.stream().select(F.window("t", "5 seconds").alias("w"), "k").withWatermark("w", "10 seconds").groupBy("w").count(), STORY)

    # several watermarks
    def two(d, first="10 seconds", second="5 seconds"):
        left = d.stream("left").withWatermark("t", first)
        right = d.stream("right").withWatermark("t", second)
        return left.union(right).groupBy(F.window("t", "5 seconds")).count()

    pairs = [{"left": [e(11), e(12)], "right": []}, {"left": [], "right": [e(6), e(30)]}, {"left": [e(40)], "right": []}, {"left": [e(20)], "right": [e(60)]}, {"left": [e(90)], "right": [e(8)]}]
    for mode in ("append", "update", "complete"):
        case(f"two watermarks, the smaller counts in {mode}", lambda d: two(d), pairs, mode, style="all")
    case("two watermarks, the greater counts", lambda d: two(d), pairs, style="all", conf=MAX)
    case("two watermarks, the greater counts in update", lambda d: two(d), pairs, "update", style="all", conf=MAX)
    case("two watermarks and a restart", lambda d: two(d), [*pairs[:2], "restart", *pairs[2:4], "restart", pairs[4]], style="all")
    case("one stream used twice has one source", lambda d: (lambda s: s.union(s).groupBy(F.window("t", "5 seconds")).count())(d.stream().withWatermark("t", "10 seconds")), STORY)
    case("a union of two folders without a watermark", lambda d: d.stream("left").union(d.stream("right")).groupBy("k").count(), [{"left": STORY[0], "right": STORY[1]}, {"left": STORY[2], "right": []}], "update", style="all")
    case("second watermark on the same column", lambda d: d.stream().withWatermark("t", "10 seconds").withWatermark("t", "2 seconds").groupBy(F.window("t", "5 seconds")).count(), STORY)
    case("second watermark on another column", lambda d: d.stream().withColumn("u", F.col("t")).withWatermark("t", "10 seconds").withWatermark("u", "2 seconds").groupBy(F.window("u", "5 seconds")).count(), STORY)

    # triggers and restarts
    case("Trigger.Once, a start each", lambda d: counted(d), [[e(15)], "restart", [e(10), e(12), e(14)], "restart", [e(25)], "restart", [e(50)], "restart", [e(50)]], style="once")
    case("Trigger.Once takes all files", lambda d: counted(d), STORY, style="once")
    case("a watermark that is due to act waits for data after a restart", lambda d: counted(d), [[e(10)], [e(40)], "restart", "restart", [e(41)], "restart", [e(80)]], style="once")
    case("delay changed at a restart has its own state", lambda d: counted(d), RESTARTED, style="all")

    # progress
    case("observe above the watermark", lambda d: d.stream().withWatermark("t", "10 seconds").observe("seen", F.count("*").alias("rows"), F.max("v").alias("top")).groupBy(F.window("t", "5 seconds")).count(), STORY)
    case("observe of the output", lambda d: counted(d).observe("out", F.count("*").alias("rows"), F.sum("count").alias("events")), STORY)
    case("filter at the source", lambda d: d.stream().filter("v > 5"), STORY)
    case("filter on text at the source", lambda d: d.stream().filter("k = 'a'").select("v"), STORY)
    case("limit zero columns", lambda d: d.stream().select(F.lit(1).alias("one")), STORY[:2])
    case("a self union counts rows twice", lambda d: (lambda s: s.union(s))(d.stream().select("k")), STORY[:2])
