"""Runs a story of SQL statements on a real Spark with Delta and records what each gives: golden/sql-commands/story.json.

Answers are schema and rows, or the error's class, parameters and SQLSTATE. What differs from run to run (ids, times, sizes, folders)
is replaced by a word in angle brackets; the test replaces it in our answers too.
"""

import json
import os
import re
import shutil
import tempfile

from pyspark.sql import SparkSession

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sql-commands")
DELTA = "io.delta:delta-spark_4.1_2.13:4.2.0"


def statements():
    with open(os.path.join(HERE, "story.sql"), encoding="utf-8") as file:
        return [text.strip() for text in re.split(r";\s*\n", file.read()) if text.strip()]


def plain(value, folder):
    if isinstance(value, str):
        value = value.replace(f"file:{folder}/warehouse", "<warehouse>").replace(folder, "<folder>")
        value = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<uuid>", value)
        return value
    if isinstance(value, (list, tuple)):
        return [plain(one, folder) for one in value]
    if isinstance(value, dict):
        return {key: plain(one, folder) for key, one in value.items()}
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return f"<{type(value).__name__}>"


def answer(spark, text, folder):
    try:
        frame = spark.sql(text.replace("<folder>", folder))
        rows = [plain([row[i] for i in range(len(row))], folder) for row in frame.collect()]
        return {"schema": json.loads(frame.schema.json())["fields"], "rows": rows}
    except Exception as error:
        condition = getattr(error, "getCondition", lambda: None)()
        if condition is None:
            return {"error": {"text": plain(str(error).split("\n")[0], folder), "exception": type(error).__name__}}
        parameters = {key: plain(value, folder) for key, value in (error.getMessageParameters() or {}).items()}
        return {"error": {"condition": condition, "sqlState": error.getSqlState(), "parameters": parameters}}


def main():
    folder = tempfile.mkdtemp()
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.warehouse.dir", f"{folder}/warehouse")
        .config("spark.sql.sources.default", "delta")
        .config("spark.jars.packages", DELTA)
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    try:
        cases = [{"sql": text, **answer(spark, text, folder)} for text in statements()]
        with open(os.path.join(HERE, "story.json"), "w", encoding="utf-8") as out:
            lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
            out.write(f'{{"spark": "{spark.version}", "cases": [\n{lines}\n]}}\n')
    finally:
        spark.stop()
        shutil.rmtree(folder)


main()
