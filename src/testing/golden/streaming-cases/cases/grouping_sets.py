"""Grouping sets and pivots of a stream: every row once for each set, with NULL in place of the keys it leaves out."""

from _events import RESTARTED, STORY


def cases(case, F, Window):
    def marked(d):
        return d.stream().withWatermark("t", "10 seconds")

    for mode in ("update", "complete"):
        case(f"rollup in {mode}", lambda d: d.stream().rollup("k", "v").agg(F.count("*").alias("c")), STORY, mode)
        case(f"rollup, restarts in {mode}", lambda d: d.stream().rollup("k").agg(F.sum("v").alias("s")), RESTARTED, mode)
        case(f"cube in {mode}", lambda d: d.stream().cube("k", "v").count(), STORY, mode)
        case(f"which set a row is of in {mode}", lambda d: d.stream().cube("k").agg(F.grouping("k").alias("g"), F.grouping_id().alias("i")), STORY, mode)
        case(f"rollup over a window in {mode}", lambda d: marked(d).rollup(F.window("t", "5 seconds"), "k").count(), STORY, mode)
    case("rollup over a window in append", lambda d: marked(d).rollup(F.window("t", "5 seconds"), "k").count(), STORY, "append")
    case("grouping sets in complete", lambda d: d.stream().groupingSets([["k"], ["v"]], "k", "v").count(), STORY, "complete")
    case("pivot in complete", lambda d: d.stream().groupBy("k").pivot("v", [1, 2]).count(), STORY, "complete")
