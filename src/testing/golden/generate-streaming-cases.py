"""Records what Spark answers to whole streaming queries, batch by batch: rows, watermarks, state figures, refusals.

A case is one PySpark snippet with the files it streams, see `streaming-cases/cases/*.py`. Classic PySpark gives the answer;
the Connect client gives the same snippet's plan as protobuf JSON, which our engine runs over the same files. Everything runs
with one shuffle partition: first, last and collect_list then see rows in file order, as in ours.

    python generate-streaming-cases.py      writes streaming-cases/*.json (needs pyspark[connect] and Java 17)

RUNNEL_CASES, a pattern on `group/name`, asks only for some and keeps the others. RUNNEL_PARTIAL names a file that keeps what a
broken run has got.
"""

import base64
import datetime
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

os.environ["TZ"] = "UTC"
HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "streaming-cases")
UTC = datetime.timezone.utc
FIRST_MTIME = 1704067200
EVENTS = "t timestamp, k string, v int"
#: A case keeps one core busy about half of its time.
CASES_AT_ONCE = 4


class Input:
    """What a snippet reads from: folders of JSON lines, one file a micro-batch."""

    def __init__(self, session, base):
        self.session, self.base = session, base

    def stream(self, name="in", schema=EVENTS, **options):
        reader = self.session.readStream.schema(schema).option("maxFilesPerTrigger", 1)
        return reader.options(**options).json(f"{self.base}/{name}")

    def static(self, name, schema):
        return self.session.read.schema(schema).json(f"{self.base}/{name}")

    def rows(self, rows, schema):
        return self.session.createDataFrame(rows, schema)


def load_cases(F, Window):
    """All cases by group; a group is a file of `cases/`."""
    groups = {}
    folder = os.path.join(TARGET, "cases")
    sys.path.insert(0, folder)
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".py") or file.startswith("_"):
            continue
        found = []

        def case(name, build, feed=None, mode="append", style="each", static=None, conf=None, found=found):
            if any(one["name"] == name for one in found):
                raise ValueError(f"two cases are called {name}")
            found.append({"name": name, "build": build, "feed": feed, "mode": mode, "style": style, "static": static or {}, "conf": conf or {}})

        spec = importlib.util.spec_from_file_location(file[:-3], os.path.join(folder, file))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.cases(case, F, Window)
        groups[file[:-3]] = found
    return groups


# --- what is written down -----------------------------------------------------------------------------------------------------


def lines_of(rows):
    return [row if isinstance(row, str) else json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in rows]


def steps_of(one):
    """`restart`, or the lines of the file that each folder gets in the step."""
    feed = one["feed"] or []
    return [step if step == "restart" else {name: lines_of(rows) for name, rows in (step if isinstance(step, dict) else {"in": step}).items()} for step in feed]


def encode(value, data_type):
    """JSON form: integers and decimals as text, so that nothing is rounded; structs and rows by position; maps as pairs."""
    kind = data_type.typeName()
    if value is None:
        return None
    if kind in ("boolean", "string"):
        return value
    if kind in ("float", "double"):
        return value if value == value and abs(value) != float("inf") else {"special": str(value)}
    if kind == "binary":
        return base64.b64encode(bytes(value)).decode()
    if kind == "date":
        return str((value - datetime.date(1970, 1, 1)).days)
    if kind in ("timestamp", "timestamp_ntz"):
        moment = value.replace(tzinfo=None)
        return str((moment - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1))
    if kind == "array":
        return [encode(v, data_type.elementType) for v in value]
    if kind == "map":
        return [[encode(k, data_type.keyType), encode(v, data_type.valueType)] for k, v in value.items()]
    if kind == "struct":
        return [encode(v, f.dataType) for v, f in zip(value, data_type.fields)]
    return format(value, "f") if hasattr(value, "as_tuple") else str(value)


def refusal(error, moment, query=None):
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    if isinstance(error, Py4JJavaError):
        # An exception of Java that PySpark has no class for.
        cause = error.java_exception
        return {"moment": moment, "exception": cause.getClass().getSimpleName(), "condition": None, "sqlState": None, "parameters": {}, "message": str(cause.getMessage())}
    if not isinstance(error, PySparkException):
        return {"moment": moment, "exception": type(error).__name__, "condition": None, "sqlState": None, "parameters": {}, "message": str(error)}
    if error.getCondition() == "STREAM_FAILED":
        # Ids of the query stand in it; what went wrong is its cause.
        cause = query._jsq.exception().get().cause()
        return {"moment": moment, "exception": cause.getClass().getSimpleName(), "condition": None, "sqlState": None, "parameters": {}, "message": cause.getMessage()}
    # Ids of columns and Java objects differ from run to run, the plan after the message too.
    text = re.sub(r"#\d+L?|@[0-9a-f]{5,8}\b", "", str(error).split(";\n")[0].split("\n== ")[0].split("\n\nJVM stacktrace")[0].strip())
    parameters = {key: re.sub(r"#\d+L?", "", value.split(";\n")[0]) for key, value in (error.getMessageParameters() or {}).items()}
    return {
        "moment": moment,
        "exception": type(error).__name__,
        "condition": error.getCondition(),
        "sqlState": error.getSqlState(),
        "parameters": parameters,
        "message": text,
    }


def figures(progress, checkpoint):
    batch = progress["batchId"]
    watermarks = []
    for log, key in (("offsets", "batchWatermarkMs"), ("commits", "nextBatchWatermarkMs")):
        with open(f"{checkpoint}/{log}/{batch}") as file:
            watermarks.append(json.loads(file.read().split("\n")[1])[key])
    operators = []
    for one in progress["stateOperators"]:
        names = ("operatorName", "numRowsTotal", "numRowsUpdated", "numRowsRemoved", "numRowsDroppedByWatermark")
        shown = {name: one[name] for name in names}
        if "numDroppedDuplicateRows" in one.get("customMetrics", {}):
            shown["numDroppedDuplicateRows"] = one["customMetrics"]["numDroppedDuplicateRows"]
        operators.append(shown)
    return {
        "batchId": batch,
        "numInputRows": progress["numInputRows"],
        "eventTime": progress.get("eventTime"),
        "watermarksMs": watermarks,
        "stateOperators": operators,
        **({"observed": progress["observedMetrics"]} if progress.get("observedMetrics") else {}),
    }


# --- answers of classic PySpark -----------------------------------------------------------------------------------------------


class Folders:
    """Writes the files of a case; a file appears whole, one second younger than the one before it."""

    def __init__(self, base):
        self.base, self.count = base, 0

    def add(self, name, lines):
        folder = f"{self.base}/{name}"
        os.makedirs(folder, exist_ok=True)
        hidden, shown = f"{folder}/_{self.count:03}", f"{folder}/{self.count:03}.json"
        with open(hidden, "w", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in lines))
        os.utime(hidden, (FIRST_MTIME + self.count, FIRST_MTIME + self.count))
        os.rename(hidden, shown)
        self.count += 1


def start(frame, one, base, sink):
    writer = frame.writeStream.outputMode(one["mode"]).foreachBatch(sink).option("checkpointLocation", f"{base}/checkpoint")
    if one["style"] == "all":
        writer = writer.trigger(availableNow=True)
    if one["style"] == "once":
        writer = writer.trigger(once=True)
    return writer.start()


def segments(steps):
    found = [[]]
    for step in steps:
        if step == "restart":
            found.append([])
        else:
            found[-1].append(step)
    return found


class Failed(Exception):
    pass


def live(frame, one, base, folders, steps, schema):
    """One run of the query; gives its batches, raises Failed with the batches so far."""
    rows, failures = {}, []

    def sink(df, batch_id):
        try:
            rows[batch_id] = [encode(row, schema) for row in df.collect()]
        except Exception as error:
            failures.append(error)
            raise

    query = None

    def add(step):
        for name, lines in step.items():
            folders.add(name, lines)

    error = None
    try:
        if one["style"] == "each":
            query = start(frame, one, base, sink)
            for step in steps:
                add(step)
                query.processAllAvailable()
        else:
            for step in steps:
                add(step)
            query = start(frame, one, base, sink)
            query.awaitTermination(60)
    except Exception as thrown:
        error = thrown
    if query is None:
        return [], refusal(error, "start")
    query.stop()
    reports = [json.loads(p.json()) for p in query._jsq.recentProgress()]
    batches = [{**figures(p, f"{base}/checkpoint"), "rows": rows[p["batchId"]]} for p in reports if "addBatch" in p["durationMs"]]
    if error is not None:
        return batches, refusal(failures[0] if failures else error, "run", query)
    return batches, None


def answer(session, one, base):
    folders = Folders(base)
    steps = steps_of(one)
    for name in {name for step in steps if step != "restart" for name in step} | {"in", "other"}:
        os.makedirs(f"{base}/{name}", exist_ok=True)
    for name, rows in one["static"].items():
        folders.add(name, lines_of(rows))
    for key, value in one["conf"].items():
        session.conf.set(key, value)
    try:
        try:
            frame = one["build"](Input(session, base))
            schema = frame.schema
        except Exception as error:
            return {"error": refusal(error, "analysis")}
        result = {"schema": json.loads(schema.json()), "runs": []}
        for segment in segments(steps):
            # A run made again is a cell run again: static folders are listed anew.
            frame = one["build"](Input(session, base))
            batches, error = live(frame, one, base, folders, segment, schema)
            result["runs"].append(batches)
            if error is not None:
                result["error"] = error
                break
        return result
    finally:
        for key in one["conf"]:
            session.conf.unset(key)


def masked(value, base):
    return json.loads(json.dumps(value).replace(base, "/case"))


def open_session():
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master(f"local[{CASES_AT_ONCE}]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.showConsoleProgress", "false")
        # One partition for each case all the same, however many run beside it.
        .config("spark.default.parallelism", "1")
        .config("spark.sql.files.minPartitionNum", "1")
        .config("spark.sql.leafNodeDefaultParallelism", "1")
        .config("spark.sql.shuffle.partitions", "1")
        # Each case is a plan of its own over a few rows: compiling it to Java costs more than running it, and files need no
        # checksums. With one compiler the JVM keeps 48 MB for code, which hundreds of plans fill; then nothing is compiled any more.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=512m")
        .config("spark.hadoop.fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem")
        .config("spark.hadoop.fs.AbstractFileSystem.file.impl", "org.apache.hadoop.fs.local.RawLocalFs")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    return session


def ask(session):
    """The answers by group and name. Cases wait more than they compute, so some run at once, each in a session of its own."""
    from concurrent.futures import ThreadPoolExecutor

    from pyspark.sql import functions as F
    from pyspark.sql.window import Window

    only, partial = os.environ.get("RUNNEL_CASES"), Partial(os.environ.get("RUNNEL_PARTIAL"))
    groups = load_cases(F, Window)
    wanted = [(group, one) for group, found in groups.items() for one in found if not only or re.search(only, f"{group}/{one['name']}")]

    def ask_one(group, one):
        key, began = f"{group}/{one['name']}", time.time()
        if key in partial.known:
            return partial.known[key]
        with tempfile.TemporaryDirectory() as base:
            told = masked(answer(session.newSession(), one, base), base)
        partial.keep(key, told)
        if "--verbose" in sys.argv:
            print(f"{time.time() - began:6.2f} s  {key}", file=sys.stderr, flush=True)
        return told

    answers = {group: {} for group in groups}
    with ThreadPoolExecutor(CASES_AT_ONCE) as pool:
        futures = [(group, one["name"], pool.submit(ask_one, group, one)) for group, one in wanted]
        for group, name, future in futures:
            answers[group][name] = future.result()
    return answers


class Partial:
    """Answers of a run that broke off, and of this one, a line each."""

    def __init__(self, path):
        self.path, self.known, self.lock = path, {}, threading.Lock()
        if path is not None and os.path.exists(path):
            with open(path) as file:
                self.known = dict(json.loads(line) for line in file)

    def keep(self, key, told):
        self.known[key] = told
        if self.path is None:
            return
        with self.lock, open(self.path, "a") as file:
            file.write(json.dumps([key, told]) + "\n")


# --- plans of the Connect client ----------------------------------------------------------------------------------------------


def without_origins(value):
    """Drops where in the Python file an expression was written: it names this machine's folders."""
    if isinstance(value, list):
        return [without_origins(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: without_origins(item) for key, item in value.items() if key != "origin"}
    return {key: item for key, item in kept.items() if not (key == "common" and item == {})}


def renumbered(plan):
    """The client numbers its relations through the session; here from 0 in each plan, so that a new case changes no other."""
    text = json.dumps(plan)
    numbers = {number: str(index) for index, number in enumerate(sorted({int(n) for n in re.findall(r'"planId": "(\d+)"', text)}))}
    return json.loads(re.sub(r'"planId": "(\d+)"', lambda match: f'"planId": "{numbers[int(match[1])]}"', text))


def plans():
    from google.protobuf.json_format import MessageToDict
    from pyspark.sql import SparkSession
    from pyspark.sql.connect import functions as F
    from pyspark.sql.connect.window import Window

    session = SparkSession.builder.remote("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    result = {}
    for group, found in load_cases(F, Window).items():
        for one in found:
            # Folders must exist where the client asks for a schema while it builds the plan.
            with tempfile.TemporaryDirectory() as base:
                folders = Folders(base)
                for name in {name for step in steps_of(one) if step != "restart" for name in step} | {"in", "other"}:
                    os.makedirs(f"{base}/{name}", exist_ok=True)
                for name, rows in one["static"].items():
                    folders.add(name, lines_of(rows))
                try:
                    frame = one["build"](Input(session, base))
                    plan = renumbered(without_origins(MessageToDict(frame._plan.to_proto(session.client).root)))
                except Exception as error:
                    plan = {"clientError": f"{type(error).__name__}: {error}"[:300]}
            result[f"{group}/{one['name']}"] = masked(plan, base)
    return result


def kept_cases(group):
    """Cases recorded before, for a run that asks only for some (RUNNEL_CASES, a pattern on `group/name`)."""
    path = os.path.join(TARGET, f"{group}.json")
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return json.load(file)["cases"]


def record():
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SPARK_")}
    run = subprocess.run([sys.executable, __file__, "--plans"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    session = open_session()
    version, answers = session.version, ask(session)
    session.stop()
    write_cases(version, json.loads(run.stdout), answers)


def write_cases(version, recorded, answers):
    for group, found in load_cases(None, None).items():
        cases, kept = [], kept_cases(group)
        for one in found:
            if one["name"] not in answers.get(group, {}):
                cases += [known for known in kept if known["name"] == one["name"]]
                continue
            more = {key: one[key] for key in ("mode", "style")}
            static = {name: lines_of(rows) for name, rows in one["static"].items()}
            cases.append({
                "name": one["name"], **more, "conf": one["conf"], "static": static, "feed": steps_of(one),
                "plan": recorded[f"{group}/{one['name']}"], "answer": answers[group][one["name"]],
            })
        with open(os.path.join(TARGET, f"{group}.json"), "w") as file:
            head = {"spark": version, "recorded": "classic", "shufflePartitions": 1}
            file.write(json.dumps(head)[:-1] + ', "cases": [\n')
            file.write(",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]}\n")
    print({group: len(found) for group, found in answers.items()}, version)


def main():
    if "--plans" in sys.argv:
        json.dump(plans(), sys.stdout)
        sys.stdout.flush()
        os._exit(0)
    record()


if __name__ == "__main__":
    main()
