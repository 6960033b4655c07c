"""Records what a real Spark's approx_count_distinct says of rows 0 .. n-1: golden/aggregates/approx-count-distinct.json."""

import json
import os

from pyspark.sql import SparkSession

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "aggregates")
ROWS = [1, 10, 100, 500, 1000, 3000, 10000, 100000]
RELATIVE_SDS = [0.39, 0.2, 0.05, 0.02, 0.01]
# Each form, in SQL over the BIGINT column id; the test makes the same values.
FORMS = {
    "id": "id",
    "text": "concat('user-', id)",
    "double": "CAST(id AS DOUBLE) / 3",
    "int": "CAST(id % 777 AS INT)",
}


def main():
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    cases = []
    for rows in ROWS:
        wanted = [(form, sd) for sd in RELATIVE_SDS for form in FORMS]
        calls = ", ".join(f"approx_count_distinct({FORMS[form]}, {sd}D)" for form, sd in wanted)
        found = spark.sql(f"SELECT {calls} FROM range({rows})").collect()[0]
        cases += [[rows, form, sd, count] for (form, sd), count in zip(wanted, found)]
    with open(os.path.join(HERE, "approx-count-distinct.json"), "w", encoding="utf-8") as out:
        lines = ",\n".join(json.dumps(case) for case in cases)
        out.write(f'{{"spark": "{spark.version}", "cases": [\n{lines}\n]}}\n')
    spark.stop()


main()
