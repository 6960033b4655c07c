"""Records what real Spark says about streaming: progress JSON, checkpoint files, errors. Writes streaming/streaming.json.

Usage: python generate-streaming.py   (needs pyspark and Java; times and ids are real, tests mask what cannot repeat)
"""

import json
import os
import shutil
import tempfile
import time

import pyspark
from pyspark.sql import SparkSession

base = tempfile.mkdtemp(prefix="runnel-golden-")
spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")


def masked(text):
    return text.replace("file:" + base, "file:/base").replace(base, "/base")


def json_of(query):
    return [masked(p.json()) for p in query._jsq.recentProgress()]


def rate(rows=5, **options):
    return spark.readStream.format("rate").option("rowsPerSecond", rows).options(**options).load()


def wait_for(query, batches):
    """A slow machine runs fewer batches a second, so count them."""
    while len(query.recentProgress) < batches:
        time.sleep(0.2)


def run(frame, checkpoint, sink="noop", name=None, batches=None, **trigger):
    writer = frame.writeStream.format(sink)
    if checkpoint:
        writer = writer.option("checkpointLocation", f"{base}/{checkpoint}")
    if name:
        writer = writer.queryName(name)
    if trigger:
        writer = writer.trigger(**trigger)
    query = writer.start()
    if batches is None:
        query.awaitTermination()
    else:
        wait_for(query, batches)
        query.stop()
    return query


def files_under(folder):
    found = {}
    for root, _, names in os.walk(f"{base}/{folder}"):
        for name in sorted(names):
            if not name.endswith(".crc"):
                path = os.path.join(root, name)
                with open(path) as file:
                    found[os.path.relpath(path, f"{base}/{folder}")] = masked(file.read())
    return dict(sorted(found.items()))


def error_of(action):
    try:
        action()
        return None
    except Exception as error:
        return {"exception": type(error).__name__, "text": masked(str(error))}


progress, checkpoints = {}, {}

progress["rate to noop"] = json_of(run(rate(), "rate", name="orders", batches=4, processingTime="1 second"))
run(rate(), "rate", once=True)  # a batch that the stop left without its commit is finished
checkpoints["rate"] = files_under("rate")
shutil.copytree(f"{base}/rate", f"{base}/good")
progress["rate AvailableNow"] = json_of(run(rate(), "rate", availableNow=True))
progress["rate to memory"] = json_of(run(rate(), None, sink="memory", name="m", availableNow=True))
twice = rate().select("value")
run(twice.union(twice), "twice", once=True)
time.sleep(1.1)
progress["self union"] = json_of(run(twice.union(twice), "twice", once=True))
checkpoints["self union"] = files_under("twice")

os.makedirs(f"{base}/in")


def drop(name, lines):
    with open(f"{base}/in/{name}", "w") as file:
        file.write("\n".join(lines))


drop("a.json", ['{"a":1}', '{"a":2}'])
query = spark.readStream.schema("a INT").json(f"{base}/in").writeStream.format("noop").option("checkpointLocation", f"{base}/files").start()
query.processAllAvailable()
drop("b.json", ['{"a":3}'])
query.processAllAvailable()
time.sleep(11)
progress["files to noop"] = json_of(query)
pretty = masked(query._jsq.lastProgress().prettyJson())
query.stop()
checkpoints["files"] = files_under("files")
progress["Once without data"] = json_of(run(spark.readStream.schema("a INT").json(f"{base}/in"), "files", once=True))

batches = []
query = (
    rate(7, rampUpTime="3s")
    .writeStream.foreachBatch(lambda df, i: batches.append([[str(r.timestamp), r.value] for r in df.orderBy("value").collect()]))
    .option("checkpointLocation", f"{base}/ramp")
    .trigger(processingTime="2 seconds")
    .start()
)
wait_for(query, 5)
query.stop()
progress["rate to foreachBatch"] = json_of(query)
rate_rows = {
    "options": {"rowsPerSecond": "7", "rampUpTime": "3s"},
    "createdMs": int(files_under("ramp")["sources/0/0"].split("\n")[1]),
    "ends": [json.loads(text)["sources"][0]["endOffset"] for text in progress["rate to foreachBatch"]],
    "batches": batches[: len(progress["rate to foreachBatch"])],
}

failing = rate().selectExpr("1/(value-2) AS x").writeStream.format("noop").queryName("bad").option("checkpointLocation", f"{base}/bad").start()
failure = error_of(lambda: failing.awaitTermination(10))
exception = failing._jsq.exception().get()
failure.update(
    id=failing.id,
    runId=failing.runId,
    startOffset=exception.startOffset(),
    endOffset=exception.endOffset(),
    cause=masked(exception.cause().getMessage()),
    status=failing.status,
    exceptionText=masked(str(failing.exception())),
)


def trigger_ms(text):
    started = rate().writeStream.format("noop").trigger(processingTime=text).start()
    shown = started._jsq.streamingQuery().trigger().toString()
    started.stop()
    return int(shown[shown.index("(") + 1 : -1])


intervals = {}
for text in ["10 seconds", "5 SECONDS", "1 minute 30 seconds", "interval 5 seconds", "100 milliseconds", "0 seconds", "1 day", "1 week",
             "1.5 seconds", "1500 microseconds", "2 hours", "  3 seconds ", "500 ms", "5", "x", "-1 seconds", "1 month", "1 year", "1 micros", "10s"]:
    box = {}
    error = error_of(lambda: box.update(ms=trigger_ms(text)))
    intervals[text] = error or box["ms"]

rate_options = []
for options in [{"rowsPerSecond": "-1"}, {"rowsPerSecond": "0"}, {"rowsPerSecond": "abc"}, {"rowsPerSecond": " 5"}, {"rowsPerSecond": "5.0"},
                {"rowsPerSecond": "+5"}, {"numPartitions": "-1"}, {"numPartitions": "0"}, {"numPartitions": "3000000000"}, {"numPartitions": "4"},
                {"rampUpTime": "-1s"}, {"rampUpTime": "x"}, {"rampUpTime": "1.5s"}, {"rampUpTime": "1500ms"}, {"rampUpTime": "2min"},
                {"rampUpTime": "5"}, {"rowsPerSecond": "1000000000000000000", "rampUpTime": "100s"}]:
    box = {}

    def describe():
        box["description"] = json.loads(json_of(run(spark.readStream.format("rate").options(**options).load(), None, once=True))[0])["sources"][0]["description"]

    error = error_of(describe)
    rate_options.append({"options": options, **(error or box)})

damage = {}
good = "good"


def damaged(name, edit):
    folder = f"damaged-{len(damage)}"
    shutil.copytree(f"{base}/{good}", f"{base}/{folder}")
    edit(f"{base}/{folder}")
    damage[name] = error_of(lambda: run(rate(), folder, once=True))


def rewrite(folder, path, change):
    with open(f"{folder}/{path}") as file:
        text = file.read()
    with open(f"{folder}/{path}", "w") as file:
        file.write(change(text))
    forget(folder, path)


def forget(folder, path):
    parent, name = os.path.split(f"{folder}/{path}")
    if os.path.exists(f"{parent}/.{name}.crc"):
        os.remove(f"{parent}/.{name}.crc")


last = max(int(name) for name in os.listdir(f"{base}/{good}/offsets") if name.isdigit())
damaged("offsets of a newer version", lambda f: rewrite(f, f"offsets/{last}", lambda t: t.replace("v1", "v99999", 1)))
damaged("offsets without a version", lambda f: rewrite(f, f"offsets/{last}", lambda t: t.replace("v1", "xyz", 1)))
damaged("commit of a newer version", lambda f: rewrite(f, f"commits/{last}", lambda t: t.replace("v1", "v99", 1)))
damaged("offsets gone, commits there", lambda f: shutil.rmtree(f"{f}/offsets"))


def remove_last_offsets(folder):
    os.remove(f"{folder}/offsets/{last}")
    forget(folder, f"offsets/{last}")


def remove_offsets_before(folder):
    os.remove(f"{folder}/offsets/{last - 1}")
    forget(folder, f"offsets/{last - 1}")
    os.remove(f"{folder}/commits/{last}")
    forget(folder, f"commits/{last}")


damaged("last offsets gone, their commit there", remove_last_offsets)
damaged("offsets gone before a batch that must run again", remove_offsets_before)
damage["two sources on a checkpoint of one"] = error_of(lambda: run(rate().union(rate(6)), good, once=True))
run(rate(), "memory", sink="memory", name="memory", once=True)
damage["memory sink on a used checkpoint"] = error_of(lambda: run(rate(), "memory", sink="memory", name="memory", once=True))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "streaming", "streaming.json"), "w") as file:
    json.dump(
        {
            "spark": pyspark.__version__,
            "recorded": "classic",
            "progress": progress,
            "prettyProgress": pretty,
            "checkpoints": checkpoints,
            "rateRows": rate_rows,
            "failure": failure,
            "intervals": intervals,
            "rateOptions": rate_options,
            "damage": damage,
        },
        file,
        indent=1,
        ensure_ascii=False,
    )
    file.write("\n")
spark.stop()
shutil.rmtree(base)
