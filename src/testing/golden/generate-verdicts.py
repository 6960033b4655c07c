"""Takes the strict verdicts of the exercise notebooks from a real Spark 4.1.1 with Delta 4.2: every code cell as pasted, in order,
in classic PySpark. Writes e2e/fixtures/verdicts.json.

Usage: python generate-verdicts.py   (needs pyspark, Java and Maven for the jars; the notebooks lie beside the checkout, or where
RUNNEL_EXERCISES says)

A row whose `source` is not "spark run" stays as it is: Azure's connector decides it, and that has no build for Spark 4.
"""

import json
import os
import re
import sys

import pyspark
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", "..", ".."))
VERDICTS = os.path.join(ROOT, "e2e", "fixtures", "verdicts.json")
EXERCISES = os.environ.get("RUNNEL_EXERCISES", os.path.join(ROOT, "..", "shared", "exercises"))
#: What a Fabric session has beside Spark: Delta, Kafka and the store behind abfss:// paths.
PACKAGES = ("io.delta:delta-spark_4.1_2.13:4.2.0", "org.apache.spark:spark-sql-kafka-0-10_2.13:4.1.1", "org.apache.hadoop:hadoop-azure:3.4.2")
#: Columns, ids and the plan after the message differ from run to run.
UNSTABLE = re.compile(r"#\d+L?")


def open_session():
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.jars.packages", ",".join(PACKAGES))
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    return session


def code_cells(name):
    with open(os.path.join(EXERCISES, f"{name}.ipynb"), encoding="utf-8") as file:
        return ["".join(cell["source"]) for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]


def run_cell(session, source, number, names):
    """Runs a cell as a notebook does: `%%sql` is one statement, everything else Python."""
    if source.startswith("%%sql"):
        session.sql(source[len("%%sql"):].strip().rstrip(";")).collect()
    else:
        exec(compile(source, f"<cell {number}>", "exec"), names)


def verdict(session, source, number, names):
    """Outcome, and for an error its class, condition and the words before Spark's plan."""
    try:
        run_cell(session, source, number, names)
    except SyntaxError as error:
        return {"outcome": "fragment", "error": type(error).__name__, "message": str(error)}
    except Exception as error:  # noqa: BLE001 - every refusal is an answer
        condition = error.getCondition() if isinstance(error, PySparkException) else None
        words = UNSTABLE.sub("", str(error).split(";\n")[0].split("\n")[0])
        told = {"condition": condition} if condition else {}
        return {"outcome": "error", "error": type(error).__name__, **told, "message": words}
    return {"outcome": "ok"}


def main():
    with open(VERDICTS, encoding="utf-8") as file:
        recorded = json.load(file)
    notebooks = list(dict.fromkeys(row["notebook"] for row in recorded["rows"]))
    missing = [name for name in notebooks if not os.path.exists(os.path.join(EXERCISES, f"{name}.ipynb"))]
    if missing:
        print(f"Skipped: {', '.join(missing)} not found in {EXERCISES}. Set RUNNEL_EXERCISES.")
        sys.exit(0)
    session = open_session()
    taken = {}
    for name in notebooks:
        names = {"__name__": "__main__", "spark": session, "sc": session.sparkContext}
        for number, source in enumerate(code_cells(name), start=1):
            taken[name, number] = verdict(session, source, number, names)
    for query in session.streams.active:
        query.stop()
    rows = []
    for row in recorded["rows"]:
        if row["mode"] == "strict" and row["source"] == "spark run":
            head = {key: row[key] for key in ("notebook", "cell", "part", "mode")}
            answer = taken[row["notebook"], row["cell"]]
            row = {**head, "outcome": answer["outcome"], "source": row["source"], **answer}
        rows.append(row)
    with open(VERDICTS, "w", encoding="utf-8") as file:
        json.dump({**recorded, "spark": pyspark.__version__, "rows": rows}, file, indent=2, ensure_ascii=False)
        file.write("\n")
    kept = [f"{name} {number}: {answer}" for (name, number), answer in taken.items()
            if any(r["notebook"] == name and r["cell"] == number and r.get("source") not in (None, "spark run") for r in rows)]
    print("Kept, Spark without the connector says:", *kept, sep="\n  ")
    session.stop()


if __name__ == "__main__":
    main()
