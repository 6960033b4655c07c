"""A stream joined with a static side, in every kind, and the kinds of stream-stream joins that start or are refused."""

from _events import RESTARTED, STORY, e

NAMES = [{"id": "a", "name": "Ann"}, {"id": "b", "name": "Bob"}, {"id": "b", "name": "Bea"}, {"id": "x", "name": "Xen"}, {"name": "nobody"}]
KINDS = ("inner", "left", "right", "full", "left_semi", "left_anti", "cross")


def cases(case, F, Window):
    def names(d):
        return d.static("names", "id string, name string")

    def on(kind):
        return None if kind == "cross" else F.col("k") == F.col("id")

    def joined(left, right, kind):
        return left.crossJoin(right) if kind == "cross" else left.join(right, on(kind), kind)

    static = {"names": NAMES}
    for kind in KINDS:
        case(f"stream {kind} static", lambda d, kind=kind: joined(d.stream(), names(d), kind), STORY[:3], static=static)
        case(f"static {kind} stream", lambda d, kind=kind: joined(names(d), d.stream(), kind), STORY[:3], static=static)
        case(f"stream {kind} stream", lambda d, kind=kind: joined(d.stream("in"), d.stream("other").toDF("t2", "id", "v2"), kind), [], style="all")
    for mode in ("update", "complete"):
        case(f"stream inner static in {mode}", lambda d: joined(d.stream(), names(d), "inner"), STORY[:3], mode, static=static)
        case(f"stream inner stream in {mode}", lambda d: joined(d.stream("in"), d.stream("other").toDF("t2", "id", "v2"), "inner"), [], mode, style="all")
    case("stream inner static, restarts", lambda d: joined(d.stream(), names(d), "inner"), RESTARTED, static=static)
    case("stream left static, all files at once", lambda d: joined(d.stream(), names(d), "left"), STORY, static=static, style="all")
    case("stream inner static with rows of the plan", lambda d: d.stream().join(d.rows([("a", 1), ("c", 3)], "k string, n int"), "k"), STORY[:3])
    case("stream left static with a range", lambda d: d.stream().join(d.rows([(1, 5, "low"), (6, 99, "high")], "lo int, hi int, band string"), F.expr("v BETWEEN lo AND hi"), "left"), STORY[:3])
    case("stream inner static by key and condition", lambda d: d.stream().join(names(d), (F.col("k") == F.col("id")) & (F.length("name") + F.col("v") > 5)), STORY[:3], static=static)
    case("stream left static by key and condition", lambda d: d.stream().join(names(d), (F.col("k") == F.col("id")) & (F.length("name") + F.col("v") > 5), "left"), STORY[:3], static=static)
    case("stream inner static, NULL keys equal", lambda d: d.stream().join(names(d), F.col("k").eqNullSafe(F.col("id"))), STORY[:3], static=static)
    case("files that come to the static side later", lambda d: joined(d.stream(), names(d), "inner"), [STORY[0], {"names": [{"id": "a", "name": "Abe"}], "in": STORY[1]}, "restart", STORY[2]], static=static)
    case("a static side that is empty", lambda d: joined(d.stream(), names(d), "left"), STORY[:2], static={"names": []})
    case("stream inner static, then count by window", lambda d: joined(d.stream().withWatermark("t", "10 seconds"), names(d), "inner").groupBy(F.window("t", "5 seconds"), "name").count(), STORY, static=static)
    case("stream inner static, then count by window in update", lambda d: joined(d.stream().withWatermark("t", "10 seconds"), names(d), "inner").groupBy(F.window("t", "5 seconds"), "name").count(), RESTARTED, "update", static=static)
    case("stream left static, then count in complete", lambda d: joined(d.stream(), names(d), "left").groupBy("name").agg(F.sum("v").alias("s")), RESTARTED, "complete", static=static)
    case("count by window, then inner static", lambda d: d.stream().withWatermark("t", "10 seconds").groupBy(F.window("t", "5 seconds"), "k").count().join(names(d), F.col("k") == F.col("id")), STORY, static=static)
    case("count, then inner static in complete", lambda d: d.stream().groupBy("k").count().join(names(d), F.col("k") == F.col("id")), STORY, "complete", static=static)
    case("count, then left static in update", lambda d: d.stream().groupBy("k").count().join(names(d), F.col("k") == F.col("id"), "left"), STORY, "update", static=static)
    case("stream with a static aggregate", lambda d: d.stream().join(names(d).groupBy("id").count(), F.col("k") == F.col("id")), STORY[:3], static=static)
    case("dropDuplicates, then inner static", lambda d: d.stream().dropDuplicates(["k"]).join(names(d), F.col("k") == F.col("id")), STORY[:3], static=static)
    case("stream inner static, then dropDuplicates", lambda d: joined(d.stream().withWatermark("t", "10 seconds"), names(d), "inner").dropDuplicates(["name", "t"]), STORY, static=static)
    case("stream inner static, then limit", lambda d: joined(d.stream(), names(d), "inner").limit(4), STORY, static=static)
    case("two static sides", lambda d: joined(d.stream(), names(d), "inner").join(d.rows([("Ann", 1), ("Bea", 2)], "name string, rank int"), "name", "left"), STORY[:3], static=static)
    case("static side sorted and limited", lambda d: d.stream().join(names(d).orderBy("name").limit(2), F.col("k") == F.col("id")), STORY[:3], static=static)
    case("static side with dropDuplicates and a window function", lambda d: d.stream().join(names(d).dropDuplicates(["id"]).select("id"), F.col("k") == F.col("id")), STORY[:3], static=static)

    # stream-stream joins that need bounds
    def sides(d, left=True, right=True):
        a = d.stream("in")
        b = d.stream("other").toDF("t2", "id", "v2")
        return a.withWatermark("t", "10 seconds") if left else a, b.withWatermark("t2", "10 seconds") if right else b

    for kind in ("left", "right", "full", "left_semi"):
        for marks in ((False, False), (True, False), (False, True), (True, True)):
            shown = {(False, False): "no watermark", (True, False): "a watermark left", (False, True): "a watermark right", (True, True): "both watermarks"}[marks]

            def build(d, kind=kind, marks=marks):
                a, b = sides(d, *marks)
                return a.join(b, on(kind), kind)

            def bounded(d, kind=kind, marks=marks):
                a, b = sides(d, *marks)
                return a.join(b, F.expr("k = id AND t2 BETWEEN t AND t + interval 5 seconds"), kind)

            case(f"stream {kind} stream with {shown}", build, [], style="all")
            case(f"stream {kind} stream with {shown} and a range", bounded, [], style="all")
