"""Records what real Spark 4.1.1 says about format("kafka"): options, offsets, progress, rows, sink refusals, against a real
Kafka broker. Writes sinks/kafka.json.

Usage: KAFKA=127.0.0.1:9092 [KAFKA_JARS=a.jar] python generate-kafka.py   (needs pyspark, Java, Maven and a Kafka 3.9 broker
whose new topics have 2 partitions; KAFKA_JARS names jars that Maven does not give, such as Spark's Kafka token provider)
"""

import json
import os
import sys
import re
import shutil
import tempfile
import time

import pyspark
from pyspark.sql import SparkSession

base = tempfile.mkdtemp(prefix="runnel-golden-")
SERVERS = os.environ.get("KAFKA")
if SERVERS is None:
    print("Skipped: set KAFKA to the address of a Kafka 3.9 broker.")
    sys.exit(0)
spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.jars.packages", "org.apache.spark:spark-sql-kafka-0-10_2.13:4.1.1")
    .config("spark.jars.excludes", "org.apache.spark:spark-token-provider-kafka-0-10_2.13")
    .config("spark.jars", os.environ.get("KAFKA_JARS", ""))
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")
jvm = spark.sparkContext._jvm
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def masked(text):
    text = UUID.sub("<id>", text.replace("file:" + base, "/base").replace(base, "/base").replace(SERVERS, "<servers>"))
    text = re.sub(r"\(\d+\.\d+\.\d+\.\d+ executor", "(<host> executor", text)
    return re.sub(r"=== Streaming Query ===.*", "", text, flags=re.S)


def error_of(action):
    try:
        action()
    except Exception as error:  # noqa: BLE001 - every refusal is an answer
        answer = {"exception": type(error).__name__, "text": masked(str(error)).split("\n\tat ")[0].strip()}
        condition = getattr(error, "getCondition", lambda: None)()
        if condition:
            answer["condition"] = condition
        cause = getattr(error, "_origin", None)
        chain = []
        while cause is not None and hasattr(cause, "getCause"):
            chain.append([cause.getClass().getName(), masked(cause.getMessage() or "")])
            cause = cause.getCause()
        answer["chain"] = chain
        return answer
    return None


def create(topic, partitions):
    properties = jvm.java.util.Properties()
    properties.put("bootstrap.servers", SERVERS)
    admin = jvm.org.apache.kafka.clients.admin.Admin.create(properties)
    if topic in list(admin.listTopics().names().get()):
        admin.deleteTopics([topic]).all().get()
        time.sleep(1)
    admin.createTopics([jvm.org.apache.kafka.clients.admin.NewTopic(topic, partitions, 1)]).all().get()
    admin.close()


def delete_records(topic, partition, before):
    properties = jvm.java.util.Properties()
    properties.put("bootstrap.servers", SERVERS)
    admin = jvm.org.apache.kafka.clients.admin.Admin.create(properties)
    target = {jvm.org.apache.kafka.common.TopicPartition(topic, partition): jvm.org.apache.kafka.clients.admin.RecordsToDelete.beforeOffset(before)}
    admin.deleteRecords(target).all().get()
    admin.close()


def send(topic, rows, ddl="key STRING, value STRING, partition INT"):
    spark.createDataFrame(rows, ddl).write.format("kafka").option("kafka.bootstrap.servers", SERVERS).option("topic", topic).save()


def reader(streaming, options):
    made = (spark.readStream if streaming else spark.read).format("kafka")
    return made.options(**{"kafka.bootstrap.servers": SERVERS, **options})


def save(parts):
    """Adds to what is recorded already, so that a failure late does not lose the early answers."""
    target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sinks", "kafka.json")
    known = {}
    if os.path.exists(target):
        with open(target) as file:
            known = json.load(file)
    with open(target, "w") as file:
        json.dump({"spark": pyspark.__version__, **known, **parts}, file, indent=1, ensure_ascii=False)
        file.write("\n")


run_number = iter(range(10_000))


def run(options, sink="memory", name=None, checkpoint=None, trigger=None):
    """Starts a stream, waits for its end, gives the query."""
    name = name or f"q{next(run_number)}"
    frame = reader(True, options).load()
    writer = frame.writeStream.format(sink).queryName(name).trigger(**(trigger or {"availableNow": True}))
    if checkpoint:
        writer = writer.option("checkpointLocation", f"{base}/{checkpoint}")
    query = writer.start()
    query.awaitTermination()
    return query


def sources_of(query):
    return [{"batchId": p["batchId"], "sources": p["sources"]} for p in (json.loads(p.json()) for p in query._jsq.recentProgress())]


def plain(rows):
    return [[v.hex() if isinstance(v, (bytes, bytearray)) else [[h[0], h[1].hex()] for h in v] if isinstance(v, list) else v for v in row] for row in rows]


# ---- options. Every case is asked when the frame is made, when a stream starts, and when a batch query runs.
create("two", 2)
create("one", 1)
send("two", [("k", f"v{i}", i % 2) for i in range(10)])
send("one", [("k", "a", 0)])
OFFSETS = '{"two":{"0":1,"1":-2}}'
CASES = [
    {}, {"subscribe": "two", "assign": '{"two":[0,1]}'}, {"subscribe": "two", "subscribePattern": "t.*"}, {"subscribe": ""}, {"subscribe": " , "},
    {"subscribePattern": " "}, {"assign": "two"}, {"assign": '{"two":0}'}, {"assign": '{"two":[0]}'}, {"subscribe": "two"}, {"SUBSCRIBE": "two"},
    {"subscribe": "two, one"}, {"subscribePattern": "tw.*"}, {"subscribePattern": "("},
    {"subscribe": "two", "startingOffsets": "earliest"}, {"subscribe": "two", "startingOffsets": "EARLIEST"}, {"subscribe": "two", "startingOffsets": "latest"},
    {"subscribe": "two", "startingOffsets": " Latest "}, {"subscribe": "two", "startingOffsets": "middle"}, {"subscribe": "two", "startingOffsets": "{bad"},
    {"subscribe": "two", "startingOffsets": OFFSETS}, {"subscribe": "two", "startingOffsets": '{"two":{"0":1}}'},
    {"subscribe": "two", "startingOffsets": '{"two":{"0":-1,"1":-2}}'}, {"subscribe": "two", "startingOffsets": '{"other":{"0":1}}'},
    {"subscribe": "two", "startingOffsets": '{"two":{"0":99,"1":-2}}'}, {"subscribe": "two", "startingOffsets": '{"two":{"0":"x"}}'},
    {"subscribe": "two", "startingOffsets": '{"two":[0]}'}, {"subscribe": "two", "startingOffsets": "5"},
    {"subscribe": "two", "endingOffsets": "latest"}, {"subscribe": "two", "endingOffsets": "earliest"}, {"subscribe": "two", "endingOffsets": '{"two":{"0":2,"1":-1}}'},
    {"subscribe": "two", "endingOffsets": '{"two":{"0":-2,"1":-1}}'}, {"subscribe": "two", "startingOffsets": '{"two":{"0":3,"1":0}}', "endingOffsets": '{"two":{"0":2,"1":4}}'},
    {"subscribe": "two", "startingOffsets": '{"two":{"0":3,"1":0}}', "endingOffsets": '{"two":{"0":4}}'}, {"subscribe": "two", "endingOffsets": "{bad"},
    {"subscribe": "two", "endingOffsets": '{"two":{"0":99,"1":4}}'},
    {"subscribe": "two", "startingTimestamp": "0"}, {"subscribe": "two", "startingTimestamp": "x"}, {"subscribe": "two", "startingTimestamp": "99999999999999"},
    {"subscribe": "two", "startingTimestamp": "99999999999999", "startingOffsetsByTimestampStrategy": "latest"},
    {"subscribe": "two", "startingTimestamp": "0", "startingOffsetsByTimestampStrategy": "never"}, {"subscribe": "two", "endingTimestamp": "0"},
    {"subscribe": "two", "startingOffsetsByTimestamp": '{"two":{"0":0,"1":0}}'}, {"subscribe": "two", "startingOffsetsByTimestamp": '{"two":{"0":0}}'},
    {"subscribe": "two", "startingOffsetsByTimestamp": "x"}, {"subscribe": "two", "endingOffsetsByTimestamp": '{"two":{"0":0,"1":0}}'},
    {"subscribe": "two", "endingOffsetsByTimestamp": '{"two":{"0":99999999999999,"1":99999999999999}}'},
    {"subscribe": "two", "startingOffsetsByTimestamp": '{"two":{"0":5,"1":5}}', "endingOffsetsByTimestamp": '{"two":{"0":4,"1":6}}'},
    {"subscribe": "two", "minPartitions": "0"}, {"subscribe": "two", "minPartitions": "x"}, {"subscribe": "two", "minPartitions": "4"},
    {"subscribe": "two", "maxRecordsPerPartition": "0"}, {"subscribe": "two", "maxRecordsPerPartition": "x"}, {"subscribe": "two", "maxRecordsPerPartition": "3"},
    {"subscribe": "two", "maxOffsetsPerTrigger": "x"}, {"subscribe": "two", "maxOffsetsPerTrigger": "-1"}, {"subscribe": "two", "maxOffsetsPerTrigger": "0"},
    {"subscribe": "two", "maxOffsetsPerTrigger": "3"}, {"subscribe": "two", "minOffsetsPerTrigger": "5", "maxOffsetsPerTrigger": "3"},
    {"subscribe": "two", "minOffsetsPerTrigger": "x"}, {"subscribe": "two", "minOffsetsPerTrigger": "2", "maxTriggerDelay": "x"}, {"subscribe": "two", "maxTriggerDelay": "soon"},
    {"subscribe": "two", "failOnDataLoss": "x"}, {"subscribe": "two", "failOnDataLoss": "FALSE"}, {"subscribe": "two", "includeHeaders": "true"},
    {"subscribe": "two", "includeHeaders": "x"}, {"subscribe": "two", "includeHeaders": "yes"},
    {"subscribe": "two", "kafka.group.id": "g"}, {"subscribe": "two", "kafka.auto.offset.reset": "earliest"}, {"subscribe": "two", "kafka.key.deserializer": "x"},
    {"subscribe": "two", "kafka.value.deserializer": "x"}, {"subscribe": "two", "kafka.enable.auto.commit": "true"}, {"subscribe": "two", "kafka.interceptor.classes": "x"},
    {"subscribe": "two", "kafka.bootstrap.servers": None}, {"subscribe": "two", "groupIdPrefix": "p"}, {"subscribe": "two", "fetchOffset.numRetries": "x"},
    {"subscribe": "two", "kafkaConsumer.pollTimeoutMs": "x"}, {"subscribe": "two", "unknownOption": "1"},
    {"subscribe": "nowhere", "kafka.default.api.timeout.ms": "3000", "fetchOffset.numRetries": "1"},
]


def option_case(options):
    given = {"kafka.bootstrap.servers": SERVERS, **options}
    given = {key: value for key, value in given.items() if value is not None}
    answer = {"options": {key: value.replace(SERVERS, "<servers>") for key, value in given.items()}}
    box = {}

    def stream_load():
        box["frame"] = spark.readStream.format("kafka").options(**given).load()

    answer["streamLoad"] = error_of(stream_load)
    if "frame" in box:
        def start():
            name = f"o{next(run_number)}"
            box["query"] = box["frame"].writeStream.format("memory").queryName(name).trigger(availableNow=True).start()
            if not box["query"].awaitTermination(20):
                box["query"].stop()
                box["timeout"] = True

        answer["streamRun"] = error_of(start)
        if "query" in box and answer["streamRun"] is None:
            answer["streamOffsets"] = [[s["startOffset"], s["endOffset"], s["numInputRows"]] for p in sources_of(box["query"]) for s in p["sources"]]
        if box.get("timeout"):
            answer["streamTimeout"] = True
    del box
    box = {}

    def batch_load():
        box["frame"] = spark.read.format("kafka").options(**given).load()

    answer["batchLoad"] = error_of(batch_load)
    if "frame" in box:
        def collect():
            box["rows"] = box["frame"].count()
        answer["batchRun"] = error_of(collect)
        answer["batchRows"] = box.get("rows")
    return answer


options = [option_case(case) for case in CASES]
user_schema = {
    "stream": error_of(lambda: spark.readStream.format("kafka").schema("a INT").option("kafka.bootstrap.servers", SERVERS).option("subscribe", "two").load()),
    "batch": error_of(lambda: spark.read.format("kafka").schema("a INT").option("kafka.bootstrap.servers", SERVERS).option("subscribe", "two").load()),
}

save({"options": options, "userSchema": user_schema})

# ---- schema and rows
schemas = {"plain": json.loads(reader(True, {"subscribe": "two"}).load().schema.json()),
           "headers": json.loads(reader(True, {"subscribe": "two", "includeHeaders": "true"}).load().schema.json()),
           "batch": json.loads(reader(False, {"subscribe": "two"}).load().schema.json())}

# ---- progress: rate limit, lag, offsets, initial offsets file
create("lag", 2)
send("lag", [("k", f"v{i}", 0 if i < 8 else 1) for i in range(11)])
query = run({"subscribe": "lag", "startingOffsets": "earliest", "maxOffsetsPerTrigger": "4"}, checkpoint="lag", trigger={"availableNow": True})
progress = {"availableNow, 4 a trigger": sources_of(query)}


def some_triggers(options, triggers, checkpoint, before_each=lambda n: None):
    frame = reader(True, options).load()
    query = frame.writeStream.format("noop").option("checkpointLocation", f"{base}/{checkpoint}").trigger(processingTime="0 seconds").start()
    for n in range(triggers):
        before_each(n)
        query.processAllAvailable()
    query.stop()
    return sources_of(query)


progress["default trigger, 4 a trigger"] = some_triggers({"subscribe": "lag", "startingOffsets": "earliest", "maxOffsetsPerTrigger": "4"}, 1, "lag3")
progress["latest, then rows"] = some_triggers({"subscribe": "lag"}, 3, "lag4", lambda n: n and send("lag", [("k", "more", 0), ("k", "more", 1)]))
progress["two topics"] = some_triggers({"subscribe": "two,one", "startingOffsets": "earliest"}, 1, "lag5")
progress["pattern"] = some_triggers({"subscribePattern": "t.*o", "startingOffsets": "earliest"}, 1, "lag6")
progress["assign"] = some_triggers({"assign": '{"two":[1]}', "startingOffsets": "earliest"}, 1, "lag7")
query = run({"subscribe": "lag", "startingOffsets": "earliest"}, sink="noop", checkpoint="once", trigger={"once": True})
progress["once"] = sources_of(query)
checkpoint = {}
for root, _, names in os.walk(f"{base}/lag"):
    for name in sorted(names):
        if not name.endswith(".crc"):
            with open(os.path.join(root, name), "rb") as file:
                checkpoint[os.path.relpath(os.path.join(root, name), f"{base}/lag")] = masked(file.read().decode())

save({"schemas": schemas, "progress": progress, "checkpoint": checkpoint})

# ---- data loss
create("loss", 1)
send("loss", [("k", f"v{i}", 0) for i in range(6)])
run({"subscribe": "loss", "startingOffsets": "earliest", "maxOffsetsPerTrigger": "2"}, sink="noop", checkpoint="loss", trigger={"once": True})
create("gone", 1)
send("gone", [("k", f"v{i}", 0) for i in range(6)])
run({"subscribe": "gone", "startingOffsets": "earliest"}, sink="noop", checkpoint="gone", trigger={"once": True})
send("gone", [("k", f"w{i}", 0) for i in range(6)])
delete_records("gone", 0, 9)
loss = {"expired": error_of(lambda: run({"subscribe": "gone", "startingOffsets": "earliest"}, sink="noop", checkpoint="gone", trigger={"once": True}))}
run({"subscribe": "gone", "startingOffsets": "earliest", "failOnDataLoss": "false"}, sink="memory", name="gone_rows", checkpoint=None, trigger={"availableNow": True})
loss["expired, failOnDataLoss false"] = [[r["offset"], bytes(r["value"]).decode()] for r in spark.table("gone_rows").collect()]
loss["start too high"] = error_of(lambda: run({"subscribe": "one", "startingOffsets": '{"one":{"0":50}}'}, sink="noop", trigger={"once": True}))
run({"subscribe": "one", "startingOffsets": "earliest"}, sink="noop", checkpoint="moved", trigger={"once": True})
loss["checkpoint of another topic"] = error_of(lambda: run({"subscribe": "two", "startingOffsets": "earliest"}, sink="noop", checkpoint="moved", trigger={"once": True}))

save({"loss": loss})

# ---- sink
create("sunk", 3)
SINKS = {
    "value only": ("value STRING", [["a"]], {"topic": "sunk"}),
    "binary": ("key BINARY, value BINARY", [[bytearray(b"k"), bytearray(b"v")]], {"topic": "sunk"}),
    "topic column": ("topic STRING, value STRING", [["sunk", "a"]], {}),
    "no topic": ("value STRING", [["a"]], {}),
    "null topic": ("topic STRING, value STRING", [[None, "a"]], {}),
    "no value": ("key STRING", [["a"]], {"topic": "sunk"}),
    "value INT": ("value INT", [[1]], {"topic": "sunk"}),
    "key INT": ("key INT, value STRING", [[1, "a"]], {"topic": "sunk"}),
    "topic INT": ("topic INT, value STRING", [[1, "a"]], {}),
    "topic INT, option wins": ("topic INT, value STRING", [[1, "a"]], {"topic": "sunk"}),
    "partition STRING": ("partition STRING, value STRING", [["1", "a"]], {"topic": "sunk"}),
    "partition BIGINT": ("partition BIGINT, value STRING", [[1, "a"]], {"topic": "sunk"}),
    "headers wrong": ("headers MAP<STRING, STRING>, value STRING", [[{}, "a"]], {"topic": "sunk"}),
    "headers": ("headers ARRAY<STRUCT<key: STRING, value: BINARY>>, value STRING", [[[("h", bytearray(b"1")), ("h", bytearray(b"\xff"))], "a"]], {"topic": "sunk"}),
    "Value upper case": ("Value STRING", [["a"]], {"topic": "sunk"}),
    "other columns": ("value STRING, note INT", [["a", 1]], {"topic": "sunk"}),
    "timestamp column": ("value STRING, timestamp TIMESTAMP", [["a", None]], {"topic": "sunk"}),
    "no servers": ("value STRING", [["a"]], {"topic": "sunk", "kafka.bootstrap.servers": None}),
    "partition out of range": ("partition INT, value STRING", [[7, "a"]], {"topic": "sunk", "kafka.max.block.ms": "3000"}),
    "partition negative": ("partition INT, value STRING", [[-1, "a"]], {"topic": "sunk"}),
    "null value": ("key STRING, value STRING", [["k", None]], {"topic": "sunk"}),
    "kafka.key.serializer": ("value STRING", [["a"]], {"topic": "sunk", "kafka.key.serializer": "x"}),
    "kafka.value.serializer": ("value STRING", [["a"]], {"topic": "sunk", "kafka.value.serializer": "x"}),
}


def sink_case(ddl, rows, options):
    given = {key: value for key, value in {"kafka.bootstrap.servers": SERVERS, **options}.items() if value is not None}
    frame = spark.createDataFrame(rows, ddl)
    answer = {"ddl": ddl, "rows": plain(rows) if "BINARY" in ddl else rows,
              "options": {key: value.replace(SERVERS, "<servers>") for key, value in given.items()},
              "batch": error_of(lambda: frame.write.format("kafka").options(**given).save())}
    folder = f"{base}/sink-{next(run_number)}"
    frame.write.parquet(folder)

    def stream():
        writer = spark.readStream.schema(frame.schema).parquet(folder).writeStream.format("kafka").options(**given)
        query = writer.option("checkpointLocation", f"{folder}-ckpt").trigger(availableNow=True).start()
        query.awaitTermination()
        answer["description"] = masked(sources_sink(query))

    answer["stream"] = error_of(stream)
    return answer


def sources_sink(query):
    return json.dumps([json.loads(p.json())["sink"] for p in query._jsq.recentProgress()])


sink = {name: sink_case(*case) for name, case in SINKS.items()}
frame = spark.createDataFrame([["a"]], "value STRING")
modes = {mode: error_of(lambda mode=mode: frame.write.format("kafka").option("kafka.bootstrap.servers", SERVERS).option("topic", "sunk").mode(mode).save())
         for mode in ("append", "overwrite", "ignore", "errorifexists")}
keys = [f"key-{n}" for n in range(60)] + ["", "é", "日本", "a", "0123456789abcdef"]
create("hashed", 5)
send_frame = spark.createDataFrame([[key, key] for key in keys], "key STRING, value STRING")
send_frame.write.format("kafka").option("kafka.bootstrap.servers", SERVERS).option("topic", "hashed").save()
hashed = {bytes(r["value"]).decode(): r["partition"] for r in reader(False, {"subscribe": "hashed"}).load().collect()}
create("told", 1)
spark.createDataFrame([[bytearray(b"k"), "v", [("h", bytearray(b"1")), ("h", bytearray(b"\xff"))]], [None, None, None]],
                      "key BINARY, value STRING, headers ARRAY<STRUCT<key: STRING, value: BINARY>>").write.format("kafka").option(
    "kafka.bootstrap.servers", SERVERS).option("topic", "told").save()
told = plain([[*r[:5], r["timestampType"], r["headers"]] for r in reader(False, {"subscribe": "told", "includeHeaders": "true"}).load().collect()])

told_all = {"sink": sink, "saveModes": modes, "murmur2": hashed, "rows": told}
save(told_all)
spark.stop()
shutil.rmtree(base)
