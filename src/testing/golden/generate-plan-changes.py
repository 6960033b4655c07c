"""Records what Spark does with a checkpoint when the query that goes on is another one: refuses, or runs, and with which rows.

A case is two PySpark snippets over the files of `generate-streaming-cases.py`: the first makes the checkpoint from two files, the
second starts on it and gets two more. The Connect client gives both plans, which `planChange` compares.

    python generate-plan-changes.py      writes streaming/plan-changes.json (needs pyspark[connect] and Java 17)

RUNNEL_PARTIAL names a file that keeps what a broken run has got.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("streaming_cases", os.path.join(HERE, "generate-streaming-cases.py"))
streaming = importlib.util.module_from_spec(spec)
spec.loader.exec_module(streaming)
sys.path.insert(0, os.path.join(streaming.TARGET, "cases"))
from _events import STORY  # noqa: E402 - the folder of the cases is known only now


def cases(F):
    """Name -> (before, after, what differs beside the plan)."""
    def marked(d, delay="10 seconds"):
        return d.stream().withWatermark("t", delay)

    def windowed(d, *window, keys=(), delay="10 seconds"):
        return marked(d, delay).groupBy(F.window("t", *(window or ("5 seconds",))), *keys)

    def counted(d):
        return windowed(d, keys=("k",)).count()

    def by(*keys):
        return lambda d: d.stream().groupBy(*keys).count()

    def agg(*aggregates):
        return lambda d: d.stream().groupBy("k").agg(*(one() for one in aggregates))

    def distinct(*columns, within=False):
        return lambda d: (marked(d).dropDuplicatesWithinWatermark if within else marked(d).dropDuplicates)(list(columns))

    update = {"mode": "update"}
    count, total, least, most = lambda: F.count("*"), lambda: F.sum("v"), lambda: F.min("v"), lambda: F.max("v")
    return {
        "nothing": (counted, counted, {}),
        "a longer window": (counted, lambda d: windowed(d, "1 minute", keys=("k",)).count(), {}),
        "a shorter window": (counted, lambda d: windowed(d, "1 second", keys=("k",)).count(), {}),
        "another slide": (lambda d: windowed(d, "10 seconds", "5 seconds").count(), lambda d: windowed(d, "10 seconds", "2 seconds").count(), {}),
        "another window start": (counted, lambda d: windowed(d, "5 seconds", "5 seconds", "2 seconds", keys=("k",)).count(), {}),
        "the window goes": (lambda d: windowed(d).count(), by("k"), update),
        "a key of the same type": (by("k"), by(F.upper("k").alias("k")), update),
        "a key of another type": (by("k"), by("v"), update),
        "a key of another type under the same name": (by("k"), by(F.length("k").alias("k")), update),
        "a key more": (by("k"), by("k", "v"), update),
        "a key less": (by("k", "v"), by("k"), update),
        "keys in another order": (by("k", "v"), by("v", "k"), update),
        "an aggregate more": (agg(count), agg(count, total), update),
        "an aggregate less": (agg(count, total), agg(count), update),
        "another aggregate of the same type": (agg(least), agg(most), update),
        "another aggregate of another type": (agg(count), agg(least), update),
        "a count becomes a sum": (agg(count), agg(total), update),
        "a sum becomes a count": (agg(total), agg(count), update),
        "a sum becomes an average": (agg(total), agg(lambda: F.avg("v")), update),
        "aggregates in another order": (agg(count, least), agg(least, count), update),
        "another output mode": (counted, counted, {"mode": "append", "modeAfter": "update"}),
        "output mode complete": (by("k"), by("k"), {"mode": "update", "modeAfter": "complete"}),
        "a filter before the state": (counted, lambda d: marked(d).filter("v > 5").groupBy(F.window("t", "5 seconds"), "k").count(), {}),
        "a filter behind the state": (counted, lambda d: counted(d).filter("count > 1"), {}),
        "a column more behind the state": (counted, lambda d: counted(d).withColumn("x", F.lit(1)), {}),
        "other columns to tell duplicates by, same type": (distinct("k"), lambda d: marked(d).withColumn("z", F.upper("k")).dropDuplicates(["z"]), {}),
        "other columns to tell duplicates by, another type": (distinct("k"), distinct("v"), {}),
        "a column more to tell duplicates by": (distinct("k"), distinct("k", "v"), {}),
        "duplicates within the watermark": (distinct("k"), distinct("k", within=True), {}),
        "a longer watermark delay": (counted, lambda d: windowed(d, keys=("k",), delay="30 seconds").count(), {}),
        "a shorter watermark delay": (counted, lambda d: windowed(d, keys=("k",), delay="1 second").count(), {}),
        "the watermark goes": (counted, lambda d: d.stream().groupBy(F.window("t", "5 seconds"), "k").count(), update),
        "a watermark comes": (lambda d: d.stream().groupBy(F.window("t", "5 seconds"), "k").count(), counted, update),
        "another folder": (lambda d: d.stream(), lambda d: d.stream("other"), {}),
        "a source more": (lambda d: d.stream(), lambda d: d.stream().union(d.stream("other")), {}),
        "a source less": (lambda d: d.stream().union(d.stream("other")), lambda d: d.stream(), {}),
        "a source of another format": (lambda d: d.stream(), lambda d: d.session.readStream.format("rate").load(), {}),
        "an aggregation comes": (lambda d: d.stream(), by("k"), update),
        "an aggregation goes": (by("k"), lambda d: d.stream(), update),
        "deduplication comes": (lambda d: marked(d), distinct("k"), {}),
        "deduplication goes": (distinct("k"), lambda d: marked(d), {}),
        "deduplication before an aggregation": (by("k"), lambda d: d.stream().dropDuplicates(["v"]).groupBy("k").count(), update),
        "a filter without state": (lambda d: d.stream(), lambda d: d.stream().filter("v > 5"), {}),
        "columns without state": (lambda d: d.stream(), lambda d: d.stream().select("k"), {}),
        "another trigger": (counted, counted, {"styleAfter": "all"}),
        "another sink": (counted, counted, {"sinkAfter": "noop"}),
        "other shuffle partitions": (by("k"), by("k"), {"mode": "update", "conf": {"spark.sql.shuffle.partitions": "3"}}),
    }


def go_on(session, build, base, folders, one):
    """The second run: its batches, or the refusal."""
    frame = build(streaming.Input(session, base))
    steps = streaming.steps_of({"feed": STORY[2:4]})
    if one.get("sinkAfter") is None:
        changed = {"mode": one.get("modeAfter", one["mode"]), "style": one.get("styleAfter", "each")}
        batches, error = streaming.live(frame, changed, base, folders, steps, frame.schema)
        return batches, error
    for step in steps:
        for name, lines in step.items():
            folders.add(name, lines)
    writer = frame.writeStream.outputMode(one["mode"]).format(one["sinkAfter"]).option("checkpointLocation", f"{base}/checkpoint")
    query = writer.trigger(availableNow=True).start()
    query.awaitTermination(60)
    reports = [json.loads(report.json()) for report in query._jsq.recentProgress()]
    return [streaming.figures(report, f"{base}/checkpoint") for report in reports if "addBatch" in report["durationMs"]], None


def ask_one(session, name, before, after, more):
    one = {"mode": "append", "style": "each", **more}
    with tempfile.TemporaryDirectory() as base:
        folders = streaming.Folders(base)
        for folder in ("in", "other"):
            os.makedirs(f"{base}/{folder}")
        frame = before(streaming.Input(session, base))
        _, error = streaming.live(frame, one, base, folders, streaming.steps_of({"feed": STORY[:2]}), frame.schema)
        if error is not None:
            raise ValueError(f"{name}: the first plan does not run: {error}")
        for key, value in one.get("conf", {}).items():
            session.conf.set(key, value)
        batches, error = go_on(session, after, base, folders, one)
        return streaming.masked({"batches": batches, "error": error}, base)


def plans():
    from google.protobuf.json_format import MessageToDict
    from pyspark.sql import SparkSession
    from pyspark.sql.connect import functions as F

    session = SparkSession.builder.remote("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    told = {}
    for name, (before, after, _) in cases(F).items():
        with tempfile.TemporaryDirectory() as base:
            for folder in ("in", "other"):
                os.makedirs(f"{base}/{folder}")
            frames = (build(streaming.Input(session, base)) for build in (before, after))
            told[name] = streaming.masked([streaming.renumbered(streaming.without_origins(MessageToDict(f._plan.to_proto(session.client).root))) for f in frames], base)
    return told


def main():
    if "--plans" in sys.argv:
        json.dump(plans(), sys.stdout)
        sys.stdout.flush()
        os._exit(0)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SPARK_")}
    run = subprocess.run([sys.executable, __file__, "--plans"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    recorded = json.loads(run.stdout)
    from pyspark.sql import functions as F

    session, partial = streaming.open_session(), streaming.Partial(os.environ.get("RUNNEL_PARTIAL"))

    def told(name, before, after, more):
        if name not in partial.known:
            partial.keep(name, ask_one(session.newSession(), name, before, after, more))
        return partial.known[name]

    with ThreadPoolExecutor(streaming.CASES_AT_ONCE) as pool:
        futures = {name: pool.submit(told, name, *parts) for name, parts in cases(F).items()}
        answers = {name: future.result() for name, future in futures.items()}
    found = []
    for name, (_, _, more) in cases(F).items():
        plan_before, plan_after = recorded[name]
        found.append({"name": name, **more, "before": plan_before, "after": plan_after, **answers[name]})
    with open(os.path.join(HERE, "streaming", "plan-changes.json"), "w", encoding="utf-8") as file:
        file.write(json.dumps({"spark": session.version})[:-1] + ', "cases": [\n')
        file.write(",\n".join(json.dumps(case, ensure_ascii=False) for case in found) + "\n]}\n")
    session.stop()


if __name__ == "__main__":
    main()
