"""Records what real Spark 4.1.1 with Delta 4.2 says about sinks: console text, memory tables, foreachBatch, foreach, Delta
write modes. Writes sinks/sinks.json.

Usage: python generate-sinks.py   (needs pyspark, Java, and Maven for the Delta jars)
"""

import datetime
import decimal
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import pyspark
from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F

base = tempfile.mkdtemp(prefix="runnel-golden-")
spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.sql.warehouse.dir", f"{base}/warehouse")
    .config("spark.databricks.delta.snapshotPartitions", "1")
    # Many small plans: compiling them to Java costs more than running them.
    .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=512m")
    .config("spark.sql.codegen.wholeStage", "false")
    .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.jars.packages", "io.delta:delta-spark_4.1_2.13:4.2.0")
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def masked(text):
    """Without ids, temporary folders and places of this machine."""
    text = UUID.sub("<id>", text.replace("file:" + base, "/base").replace(base, "/base"))
    text = re.sub(r'File "[^"]*/site-packages/', 'File "<packages>/', text)
    text = re.sub(r'File "[^"]*/generate-sinks.py", line \d+', 'File "<cell>", line <n>', text)
    text = re.sub(r"\$\$Lambda\$\d+/0x[0-9a-f]+", "$$Lambda/<hash>", text)
    return re.sub(r"@[0-9a-f]{6,8}\b", "@<hash>", text)


def masked_all(value):
    """Every text of an answer, wherever it stands: descriptions and parameters of operations hold ids and hashes, too."""
    if isinstance(value, dict):
        return {key: masked_all(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked_all(item) for item in value]
    return masked(value) if isinstance(value, str) else value


def error_of(action):
    try:
        action()
    except Exception as error:  # noqa: BLE001 - every refusal is an answer
        answer = {"exception": type(error).__name__, "text": masked(str(error))}
        condition = getattr(error, "getCondition", lambda: None)()
        if condition:
            answer["condition"] = condition
        state = getattr(error, "getSqlState", lambda: None)()
        if state:
            answer["sqlState"] = state
        return answer
    return None


def stream_of(name, ddl, batches):
    """A folder of JSON files, one a micro-batch."""
    folder = f"{base}/in/{name}"
    os.makedirs(folder, exist_ok=True)
    for index, lines in enumerate(batches):
        drop(folder, index, lines)
    return spark.readStream.schema(ddl).option("maxFilesPerTrigger", "1").json(folder)


def drop(folder, index, lines):
    path = f"{folder}/{index:03d}.json"
    with open(path, "w") as file:
        file.write("\n".join(json.dumps(line) for line in lines))
    stamp = 1_700_000_000 + index * 10
    os.utime(path, (stamp, stamp))


# ---- console: the text goes to the JVM's own stdout, so a child process is asked and its stdout read.
CONSOLE_CASES = {
    "types": ("id INT, name STRING, price DOUBLE, amount DECIMAL(10,2), ok BOOLEAN, at TIMESTAMP, day DATE, tags ARRAY<STRING>, "
              "place STRUCT<lat: DOUBLE, note: STRING>, counts MAP<STRING, INT>, big BIGINT, ratio FLOAT",
              [[{"id": 1, "name": "Ann", "price": 1.5, "amount": 12.5, "ok": True, "at": "2026-01-02T03:04:05.678Z", "day": "2026-01-02",
                 "tags": ["a", None, "c"], "place": {"lat": 1e10, "note": None}, "counts": {"x": 1, "y": None}, "big": 9007199254740993, "ratio": 0.1},
                {"id": None}],
               [{"id": 2, "name": "a string of more than twenty characters", "price": 1e-7, "amount": -0.01, "ok": False,
                 "at": "2026-01-02T03:04:05Z", "tags": [], "counts": {}}]], {}, "append"),
    "truncate false": ("name STRING, n INT", [[{"name": "a string of more than twenty characters", "n": 1}, {"name": "tab\tnew\nline", "n": 22}]], {"truncate": "false"}, "append"),
    "numRows 2": ("n INT", [[{"n": 1}, {"n": 2}, {"n": 3}], [{"n": 4}, {"n": 5}]], {"numRows": "2"}, "append"),
    "numRows 1": ("n INT", [[{"n": 1}, {"n": 2}]], {"numRows": "1"}, "append"),
    "numRows 0": ("n INT", [[{"n": 1}, {"n": 2}]], {"numRows": "0"}, "append"),
    "numRows -1": ("n INT", [[{"n": 1}, {"n": 2}]], {"numRows": "-1"}, "append"),
    "empty batch": ("n INT, text STRING", [[{"n": 1, "text": "x"}], [{"n": -1, "text": "filtered out"}], [{"n": 3, "text": "z"}]], {}, "append"),
    "wide characters": ("text STRING, `long column name` INT", [[{"text": "日本", "long column name": 1}, {"text": "é", "long column name": 2}]], {}, "append"),
    "more than 20 rows": ("n INT", [[{"n": n} for n in range(25)]], {}, "append"),
    "counts, complete": ("k STRING", [[{"k": "a"}, {"k": "b"}, {"k": "a"}], [{"k": "c"}, {"k": "a"}]], {}, "complete"),
    "counts, update": ("k STRING", [[{"k": "a"}, {"k": "b"}, {"k": "a"}], [{"k": "c"}, {"k": "a"}]], {}, "update"),
    "bad numRows": ("n INT", [[{"n": 1}]], {"numRows": "many"}, "append"),
    "bad truncate": ("n INT", [[{"n": 1}]], {"truncate": "20"}, "append"),
    "update without aggregation": ("n INT", [[{"n": 1}]], {}, "update"),
}
CHILD = """
import json, sys
from pyspark.sql import SparkSession
spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
         .config("spark.sql.shuffle.partitions", "1").getOrCreate())
spark.sparkContext.setLogLevel("OFF")
out = spark.sparkContext._jvm.java.lang.System.out
for name, (folder, ddl, options, mode) in json.loads(sys.argv[1]).items():
    out.println("=====" + name)
    df = spark.readStream.schema(ddl).option("maxFilesPerTrigger", "1").json(folder)
    if name == "empty batch":
        df = df.filter("n > 0")
    if name.startswith("counts"):
        df = df.groupBy("k").count()
    try:
        df.writeStream.format("console").options(**options).outputMode(mode).trigger(availableNow=True).start().awaitTermination()
    except Exception as error:
        out.println("!!!!!" + json.dumps([type(error).__name__, str(error)]))
spark.stop()
"""


def record_console():
    told = {}
    for name, (ddl, batches, options, mode) in CONSOLE_CASES.items():
        stream_of("console-" + name.replace(" ", "_"), ddl, batches)
        told[name] = (f"{base}/in/console-{name.replace(' ', '_')}", ddl, options, mode)
    script = f"{base}/console.py"
    with open(script, "w") as file:
        file.write(CHILD)
    text = subprocess.run([sys.executable, script, json.dumps(told)], capture_output=True, text=True, check=True).stdout
    found = {}
    for part in text.split("=====")[1:]:
        name, _, body = part.partition("\n")
        ddl, batches, options, mode = CONSOLE_CASES[name]
        case = {"ddl": ddl, "batches": batches, "options": options, "mode": mode}
        if "!!!!!" in body:
            exception, words = json.loads(body.split("!!!!!")[1])
            case["error"] = {"exception": exception, "text": masked(words)}
        else:
            case["text"] = body
        found[name] = case
    return found


# ---- memory
def record_memory():
    rows = lambda name: sorted([[v for v in r] for r in spark.table(name).collect()], key=str)  # noqa: E731
    answers = {}
    batches = [[{"k": "a"}, {"k": "b"}, {"k": "a"}], [{"k": "c"}, {"k": "a"}]]
    for mode in ("append", "update", "complete"):
        frame = stream_of(f"memory-{mode}", "k STRING", batches)
        if mode != "append":
            frame = frame.groupBy("k").count()
        frame.writeStream.format("memory").queryName(f"m_{mode}").outputMode(mode).trigger(availableNow=True).start().awaitTermination()
        answers[mode] = rows(f"m_{mode}")
    frame = stream_of("memory-name", "k STRING", batches)
    answers["without a name"] = error_of(lambda: frame.writeStream.format("memory").start())
    answers["update without aggregation"] = error_of(
        lambda: frame.writeStream.format("memory").queryName("m_plain").outputMode("update").trigger(availableNow=True).start().awaitTermination()) or rows("m_plain")

    def with_checkpoint(mode, name):
        counted = frame.groupBy("k").count() if mode != "append" else frame
        query = (counted.writeStream.format("memory").queryName(name).outputMode(mode).option("checkpointLocation", f"{base}/memory-ckpt-{mode}")
                 .trigger(availableNow=True).start())
        query.awaitTermination()

    for mode in ("append", "update", "complete"):
        with_checkpoint(mode, f"m_again_{mode}")
        answers[f"restart, {mode}"] = error_of(lambda: with_checkpoint(mode, f"m_again_{mode}")) or rows(f"m_again_{mode}")
    answers["before data"] = None
    empty = stream_of("memory-empty", "k STRING, n INT", [])
    query = empty.writeStream.format("memory").queryName("m_empty").start()
    answers["before data"] = {"columns": spark.table("m_empty").dtypes, "rows": rows("m_empty")}
    query.stop()
    answers["after stop"] = {"columns": spark.table("m_empty").dtypes, "rows": rows("m_empty")}
    spark.range(1).createOrReplaceTempView("taken")
    query = empty.writeStream.format("memory").queryName("taken").start()
    answers["a view of that name"] = {"columns": spark.table("taken").dtypes}
    query.stop()
    return answers


# ---- foreachBatch, foreach
def record_foreach():
    answers = {}
    batches = [[{"k": "a", "n": 1}, {"k": "b", "n": 2}], [{"k": "c", "n": 3}]]

    def run(write, name):
        frame = stream_of(name, "k STRING, n INT", batches)
        query = write(frame.writeStream).option("checkpointLocation", f"{base}/ckpt-{name}").trigger(availableNow=True).start()
        error = error_of(query.awaitTermination)
        exception = query.exception()
        progress = [json.loads(p.json()) for p in query._jsq.recentProgress()]
        return query, error, exception, [{"batchId": p["batchId"], "sink": p["sink"]} for p in progress]

    seen = []

    def look(df, batch_id):
        seen.append({"batchId": batch_id, "isStreaming": df.isStreaming, "rows": df.count(), "columns": df.columns, "again": df.count(),
                     "sameSession": df.sparkSession is spark, "type": type(batch_id).__name__})

    _, error, _, progress = run(lambda w: w.foreachBatch(look), "look")
    answers["look"] = {"seen": seen, "error": error, "progress": progress}

    def fail(df, batch_id):
        raise ValueError("no luck with batch " + str(batch_id))

    query, error, exception, progress = run(lambda w: w.foreachBatch(fail), "fail")
    answers["raises"] = {"error": error, "exceptionText": masked(str(exception)), "progress": progress}

    def engine_error(df, batch_id):
        df.select("nope").collect()

    query, error, exception, _ = run(lambda w: w.foreachBatch(engine_error), "engine")
    answers["raises AnalysisException"] = {"error": error}

    def views(df, batch_id):
        df.createOrReplaceTempView("batch_rows")
        seen_view.append(df.sparkSession.sql("SELECT count(*) AS n FROM batch_rows").collect()[0]["n"])

    seen_view = []
    _, error, _, _ = run(lambda w: w.foreachBatch(views), "views")
    answers["view through df.sparkSession"] = {"seen": seen_view, "error": error}

    def outer(df, batch_id):
        df.createOrReplaceTempView("inner_rows")
        spark.sql("SELECT count(*) AS n FROM inner_rows").collect()

    _, error, _, _ = run(lambda w: w.foreachBatch(outer), "outer")
    answers["view through the outer session"] = {"error": error}

    def write_twice(df, batch_id):
        df.persist()
        df.write.format("delta").mode("append").option("txnAppId", "app").option("txnVersion", batch_id).save(f"{base}/once")
        df.write.format("delta").mode("append").option("txnAppId", "app").option("txnVersion", batch_id).save(f"{base}/once")
        df.unpersist()

    _, error, _, _ = run(lambda w: w.foreachBatch(write_twice), "twice")
    answers["txnAppId twice"] = {"error": error, "rows": spark.read.format("delta").load(f"{base}/once").count(),
                                 "versions": [r["version"] for r in spark.sql(f"DESCRIBE HISTORY delta.`{base}/once`").collect()]}
    answers["not callable"] = error_of(lambda: spark.readStream.format("rate").load().writeStream.foreachBatch(3))

    out = f"{base}/foreach.txt"

    def note(text, out=out):
        with open(out, "a") as file:
            file.write(text + "\n")

    def run_foreach(f, name):
        if os.path.exists(out):
            os.remove(out)
        _, error, _, progress = run(lambda w: w.foreach(f), name)
        text = open(out).read().split("\n")[:-1] if os.path.exists(out) else []
        return {"error": error and {"exception": error["exception"], "lastLine": [x for x in error["text"].split("\n") if "Error" in x][-1:]}, "calls": text, "progress": progress}

    def each(row):
        note(f"{row.k} {row['n']} {type(row).__name__}")

    class Writer:
        def open(self, partition_id, epoch_id):
            note(f"open {partition_id} {epoch_id}")
            return True

        def process(self, row):
            note(f"process {row.k}")

        def close(self, error):
            note(f"close {error}")

    class Closed(Writer):
        def open(self, partition_id, epoch_id):
            note(f"open {partition_id} {epoch_id}")
            return False

    class Failing(Writer):
        def process(self, row):
            note(f"process {row.k}")
            raise ValueError("bad row " + row.k)

    class OnlyProcess:
        def process(self, row):
            note(f"process {row.k}")

    answers["foreach function"] = run_foreach(each, "each")
    answers["foreach writer"] = run_foreach(Writer(), "writer")
    answers["foreach open false"] = run_foreach(Closed(), "closed")
    answers["foreach failing"] = run_foreach(Failing(), "failing")
    answers["foreach only process"] = run_foreach(OnlyProcess(), "process")
    stream = spark.readStream.format("rate").load()

    class NoProcess:
        pass

    class ProcessNotCallable:
        process = 3

    class OpenOneArgument:
        def open(self, partition_id):
            return True

        def process(self, row):
            pass

    class CloseNotCallable:
        close = 3

        def process(self, row):
            pass

    for name, f in {"no process": NoProcess(), "process not callable": ProcessNotCallable(), "a number": 3, "open of one argument": OpenOneArgument(),
                    "close not callable": CloseNotCallable()}.items():
        answers[f"foreach refused: {name}"] = error_of(lambda f=f: stream.writeStream.foreach(f))
    return answers


# ---- Delta
def table_state(path):
    frame = spark.read.format("delta").load(path)
    return {"columns": frame.dtypes, "rows": sorted([[str(v) if isinstance(v, (decimal.Decimal, datetime.date)) else v for v in r] for r in frame.collect()], key=str),
            "partitionColumns": spark.sql(f"DESCRIBE DETAIL delta.`{path}`").collect()[0]["partitionColumns"],
            "operations": [[r["operation"], dict(sorted(r["operationParameters"].items()))] for r in
                           reversed(spark.sql(f"DESCRIBE HISTORY delta.`{path}`").collect())]}


def record_delta():
    """Each case: steps on one path or table. A step is [frame DDL, rows, mode, options, partitionBy, how]."""
    ab, abc, ac = "a INT, b STRING", "a INT, b STRING, c DOUBLE", "a INT, c DOUBLE"
    one, two = [[1, "x"]], [[2, "y"], [3, None]]
    cases = {
        "append twice": [(ab, one, "append", {}, []), (ab, two, "append", {}, [])],
        "overwrite": [(ab, one, "append", {}, []), (ab, two, "overwrite", {}, [])],
        "overwrite of nothing": [(ab, one, "overwrite", {}, [])],
        "ignore": [(ab, one, "ignore", {}, []), (ab, two, "ignore", {}, [])],
        "errorifexists": [(ab, one, "errorifexists", {}, []), (ab, two, "errorifexists", {}, [])],
        "default mode": [(ab, one, None, {}, []), (ab, two, None, {}, [])],
        "column added": [(ab, one, "append", {}, []), (abc, [[2, "y", 2.5]], "append", {}, [])],
        "column added, mergeSchema": [(ab, one, "append", {}, []), (abc, [[2, "y", 2.5]], "append", {"mergeSchema": "true"}, [])],
        "column missing": [(ab, one, "append", {}, []), ("a INT", [[2]], "append", {}, [])],
        "other type": [(ab, one, "append", {}, []), ("a STRING, b STRING", [["q", "y"]], "append", {}, [])],
        "other type that casts": [(ab, one, "append", {}, []), ("a STRING, b STRING", [["7", "y"]], "append", {}, [])],
        "wider type": [(ab, one, "append", {}, []), ("a BIGINT, b STRING", [[2, "y"]], "append", {}, [])],
        "wider type, too big": [(ab, one, "append", {}, []), ("a BIGINT, b STRING", [[2**40, "y"]], "append", {}, [])],
        "other type, mergeSchema": [(ab, one, "append", {}, []), ("a STRING, b STRING", [["2", "y"]], "append", {"mergeSchema": "true"}, [])],
        "overwrite, other schema": [(ab, one, "append", {}, []), (ac, [[2, 2.5]], "overwrite", {}, [])],
        "overwrite, other schema, overwriteSchema": [(ab, one, "append", {}, []), (ac, [[2, 2.5]], "overwrite", {"overwriteSchema": "true"}, [])],
        "overwriteSchema in append": [(ab, one, "append", {}, []), (ac, [[2, 2.5]], "append", {"overwriteSchema": "true"}, [])],
        "partitionBy": [(ab, [[1, "x"], [2, "y"], [3, "x"]], "append", {}, ["b"]), (ab, two, "append", {}, [])],
        "partitionBy twice": [(ab, one, "append", {}, ["b"]), (ab, two, "append", {}, ["b"])],
        "other partitionBy": [(abc, [[1, "x", 1.0]], "append", {}, ["b"]), (abc, [[2, "y", 2.0]], "append", {}, ["a"])],
        "partitionBy on an unpartitioned table": [(ab, one, "append", {}, []), (ab, two, "append", {}, ["b"])],
        "overwrite, other partitionBy": [(abc, [[1, "x", 1.0]], "append", {}, ["b"]), (abc, [[2, "y", 2.0]], "overwrite", {}, ["a"])],
        "overwrite, other partitionBy, overwriteSchema": [(abc, [[1, "x", 1.0]], "append", {}, ["b"]), (abc, [[2, "y", 2.0]], "overwrite", {"overwriteSchema": "true"}, ["a"])],
        "partitionBy unknown": [(ab, one, "append", {}, ["zz"])],
        "partitionBy all": [(ab, one, "append", {}, ["a", "b"])],
        "replaceWhere": [(ab, [[1, "x"], [2, "y"]], "append", {}, ["b"]), (ab, [[9, "x"]], "overwrite", {"replaceWhere": "b = 'x'"}, [])],
        "replaceWhere on data": [(ab, [[1, "x"], [2, "y"], [3, "z"]], "append", {}, []), (ab, [[9, "x"]], "overwrite", {"replaceWhere": "b = 'x'"}, [])],
        "replaceWhere, rows outside": [(ab, [[1, "x"], [2, "y"]], "append", {}, ["b"]), (ab, [[9, "y"]], "overwrite", {"replaceWhere": "b = 'x'"}, [])],
        "replaceWhere in append": [(ab, one, "append", {}, ["b"]), (ab, one, "append", {"replaceWhere": "b = 'x'"}, [])],
        "replaceWhere, unknown column": [(ab, one, "append", {}, ["b"]), (ab, one, "overwrite", {"replaceWhere": "zz = 'x'"}, [])],
        "replaceWhere with overwriteSchema": [(ab, one, "append", {}, ["b"]), (ab, one, "overwrite", {"replaceWhere": "b = 'x'", "overwriteSchema": "true"}, [])],
        "dynamic partition overwrite": [(ab, [[1, "x"], [2, "y"]], "append", {}, ["b"]), (ab, [[9, "x"]], "overwrite", {"partitionOverwriteMode": "dynamic"}, [])],
        "bad mergeSchema": [(ab, one, "append", {"mergeSchema": "maybe"}, [])],
        "column names": [("`a b` INT", [[1]], "append", {}, [])],
        "names differ by case": [(ab, one, "append", {}, []), ("A INT, B STRING", [[2, "y"]], "append", {}, [])],
        "other order": [(ab, one, "append", {}, []), ("b STRING, a INT", [["y", 2]], "append", {}, [])],
        "void column": [(ab, one, "append", {}, []), ("a INT, b VOID", [[2, None]], "append", {}, [])],
        "void column, new table": [("a INT, b VOID", [[2, None]], "append", {}, [])],
        "txn of an app": [(ab, one, "append", {"txnAppId": "app", "txnVersion": "3"}, []), (ab, two, "append", {"txnAppId": "app", "txnVersion": "3"}, []),
                          (ab, two, "append", {"txnAppId": "app", "txnVersion": "2"}, []), (ab, two, "overwrite", {"txnAppId": "app", "txnVersion": "4"}, [])],
        "txnAppId alone": [(ab, one, "append", {"txnAppId": "app"}, [])],
        "txnVersion alone": [(ab, one, "append", {"txnVersion": "1"}, [])],
        "txnVersion not a number": [(ab, one, "append", {"txnAppId": "app", "txnVersion": "x"}, [])],
        "txnVersion negative": [(ab, one, "append", {"txnAppId": "app", "txnVersion": "-1"}, [])],
        "no rows": [(ab, [], "append", {}, []), (ab, [], "overwrite", {}, [])],
        "struct gains a field, mergeSchema": [("a STRUCT<x: INT>", [[{"x": 1}]], "append", {}, []), ("a STRUCT<x: INT, y: STRING>", [[{"x": 2, "y": "q"}]], "append", {"mergeSchema": "true"}, [])],
        "struct gains a field": [("a STRUCT<x: INT>", [[{"x": 1}]], "append", {}, []), ("a STRUCT<x: INT, y: STRING>", [[{"x": 2, "y": "q"}]], "append", {}, [])],
        "userMetadata": [(ab, one, "append", {"userMetadata": "hello"}, [])],
    }

    def frame_of(ddl, rows):
        return spark.createDataFrame(rows, ddl)

    def writer(step):
        ddl, rows, mode, options, partitions = step
        made = frame_of(ddl, rows).write.format("delta").options(**options)
        if mode:
            made = made.mode(mode)
        return made.partitionBy(*partitions) if partitions else made

    answers = {}
    for target in ("path", "table"):
        for number, (name, steps) in enumerate(cases.items()):
            path, table = f"{base}/delta/{number}", f"t{number}"
            errors = []
            for step in steps:
                errors.append(error_of(lambda step=step: writer(step).save(path) if target == "path" else writer(step).saveAsTable(table)))
            where = path if target == "path" else f"{base}/warehouse/{table}"
            answers[f"{target}: {name}"] = {
                "steps": [{"ddl": d, "rows": r, "mode": m, "options": o, "partitionBy": p, "error": e} for (d, r, m, o, p), e in zip(steps, errors)],
                "table": table_state(where) if os.path.exists(f"{where}/_delta_log") else None,
            }

    inserts = {
        "by position": ("b STRING, a INT", [["5", 6]], None, []),
        "by position, same": (ab, two, None, []),
        "too few columns": ("a INT", [[1]], None, []),
        "too many columns": (abc, [[1, "x", 2.0]], None, []),
        "overwrite": (ab, two, "overwrite", []),
        "partitionBy": (ab, two, None, ["b"]),
        "cast that fails": ("a STRING, b STRING", [["q", "y"]], None, []),
        "missing table": (ab, one, None, []),
        "mode ignore": (ab, two, "ignore", []),
        "mode errorifexists": (ab, two, "errorifexists", []),
    }
    for number, (name, (ddl, rows, mode, partitions)) in enumerate(inserts.items()):
        table = f"ins{number}"
        if name != "missing table":
            frame_of(ab, one).write.format("delta").saveAsTable(table)
        made = frame_of(ddl, rows).write
        if mode:
            made = made.mode(mode)
        if partitions:
            made = made.partitionBy(*partitions)
        error = error_of(lambda: made.insertInto(table))
        answers[f"insertInto: {name}"] = {
            "steps": [{"ddl": ddl, "rows": rows, "mode": mode, "options": {}, "partitionBy": partitions, "error": error}],
            "table": table_state(f"{base}/warehouse/{table}") if os.path.exists(f"{base}/warehouse/{table}/_delta_log") else None,
        }
    return answers


def record_delta_streams():
    answers = {}
    batches = [[{"k": "a"}, {"k": "b"}, {"k": "a"}], [{"k": "c"}, {"k": "a"}]]

    def counted(name):
        return stream_of(name, "k STRING", batches).groupBy("k").count()

    def run(writer, name, start):
        return error_of(lambda: start(writer.option("checkpointLocation", f"{base}/ckpt-{name}").trigger(availableNow=True)).awaitTermination())

    error = run(counted("complete").writeStream.format("delta").outputMode("complete"), "complete", lambda w: w.start(f"{base}/s-complete"))
    answers["complete"] = {"error": error, "table": table_state(f"{base}/s-complete")}
    answers["update"] = {"error": run(counted("update").writeStream.format("delta").outputMode("update"), "update", lambda w: w.start(f"{base}/s-update"))}
    answers["update, toTable"] = {"error": run(counted("update2").writeStream.format("delta").outputMode("update"), "update2", lambda w: w.toTable("s_update"))}
    spark.range(1).selectExpr("'z' AS k", "id AS count", "1 AS extra").write.format("delta").save(f"{base}/s-other")
    error = run(counted("other").writeStream.format("delta").outputMode("complete"), "other", lambda w: w.start(f"{base}/s-other"))
    answers["complete, table with another schema"] = {"error": error, "table": table_state(f"{base}/s-other")}
    spark.range(1).selectExpr("'z' AS q").write.format("delta").save(f"{base}/s-schema")
    error = run(counted("schema").writeStream.format("delta").outputMode("complete"), "schema", lambda w: w.start(f"{base}/s-schema"))
    answers["complete, other columns"] = {"error": error}
    error = run(counted("schema2").writeStream.format("delta").option("overwriteSchema", "true").outputMode("complete"), "schema2", lambda w: w.start(f"{base}/s-schema"))
    answers["complete, overwriteSchema"] = {"error": error, "table": table_state(f"{base}/s-schema")}
    error = run(stream_of("parts", "k STRING, n INT", [[{"k": "a", "n": 1}], [{"k": "b", "n": 2}]]).writeStream.partitionBy("k"), "parts", lambda w: w.format("delta").toTable("s_parts"))
    answers["toTable partitionBy"] = {"error": error, "table": table_state(f"{base}/warehouse/s_parts")}
    error = run(stream_of("parts2", "k STRING, n INT", [[{"k": "a", "n": 1}]]).writeStream.partitionBy("n"), "parts2", lambda w: w.format("delta").toTable("s_parts"))
    answers["toTable, other partitionBy"] = {"error": error}
    error = run(stream_of("parts3", "k STRING, n INT", [[{"k": "a", "n": 1}]]).writeStream.partitionBy("n").format("delta"), "parts3", lambda w: w.start(f"{base}/warehouse/s_parts"))
    answers["start, other partitionBy"] = {"error": error}
    error = run(stream_of("parts4", "k STRING, n INT", [[{"k": "a", "n": 1}]]).writeStream.partitionBy("zz").format("delta"), "parts4", lambda w: w.start(f"{base}/s-zz"))
    answers["start, unknown partition column"] = {"error": error}
    spark.range(1).selectExpr("'z' AS k").write.format("delta").save(f"{base}/s-merge")
    error = run(stream_of("merge", "k STRING, n INT", [[{"k": "a", "n": 1}]]).writeStream.format("delta"), "merge", lambda w: w.start(f"{base}/s-merge"))
    answers["new column"] = {"error": error}
    error = run(stream_of("merge2", "k STRING, n INT", [[{"k": "a", "n": 1}]]).writeStream.format("delta").option("mergeSchema", "true"), "merge2", lambda w: w.start(f"{base}/s-merge"))
    answers["new column, mergeSchema"] = {"error": error, "table": table_state(f"{base}/s-merge")}
    stream = stream_of("plain", "k STRING", batches)
    answers["no path"] = {"error": run(stream.writeStream.format("delta"), "nopath", lambda w: w.start())}
    answers["no checkpoint"] = {"error": error_of(lambda: stream.writeStream.format("delta").start(f"{base}/s-nockpt"))}
    answers["complete without aggregation"] = {"error": run(stream.writeStream.format("delta").outputMode("complete"), "cwa", lambda w: w.start(f"{base}/s-cwa"))}
    spark.range(1).createOrReplaceTempView("a_view")
    answers["toTable on a view"] = {"error": run(stream.writeStream, "view", lambda w: w.toTable("a_view"))}
    answers["toTable of another format"] = {"error": run(stream.writeStream.format("parquet"), "pq", lambda w: w.toTable("s_parts"))}
    answers["unknown format"] = {"error": run(stream.writeStream.format("nope"), "nope", lambda w: w.start())}
    answers["parquet complete"] = {"error": run(counted("pqc").writeStream.format("parquet").outputMode("complete"), "pqc", lambda w: w.start(f"{base}/s-pqc"))}
    return answers


answer = {"spark": pyspark.__version__, "delta": "4.2.0"}
for part, record in {"console": record_console, "memory": record_memory, "foreach": record_foreach, "delta streams": record_delta_streams,
                     "delta writes": record_delta}.items():
    answer[part] = masked_all(record())
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "sinks", "sinks.json"), "w") as file:
        json.dump(answer, file, indent=1, ensure_ascii=False)
        file.write("\n")
spark.stop()
shutil.rmtree(base)
