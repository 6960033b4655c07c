"""Asks a real Spark for value, type, nullability and column name (or error class and parameters) of expressions.

A case is SQL text over a small table. Spark's own parser turns it into the tree of calls, columns and literals that stands
beside the answer as a Connect expression in protobuf JSON, so that the engine is tested without any SQL parser.

Usage: python generate-expressions.py [FILE_STEM ...]    (needs pyspark; writes expressions/*.json)
"""

import datetime
import json
import os
import sys
from decimal import Decimal

os.environ["TZ"] = "UTC"

from pyspark.sql import SparkSession, functions as F  # noqa: E402
from pyspark.sql.types import (  # noqa: E402
    ArrayType, BinaryType, DateType, DayTimeIntervalType, DecimalType, DoubleType, FloatType, MapType, StructType,
    TimestampNTZType, TimestampType, YearMonthIntervalType,
)

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "expressions", "cases")
EPOCH = datetime.datetime(1970, 1, 1)

BINARY = {
    "Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/", "Remainder": "%", "IntegralDivide": "div", "EqualTo": "=",
    "EqualNullSafe": "<=>", "LessThan": "<", "LessThanOrEqual": "<=", "GreaterThan": ">", "GreaterThanOrEqual": ">=",
    "And": "and", "Or": "or", "Not": "not", "IsNull": "isnull", "IsNotNull": "isnotnull", "In": "in", "Like": "like",
    "RLike": "rlike", "UnaryMinus": "-", "UnaryPositive": "positive", "BitwiseAnd": "&", "BitwiseOr": "|",
    "BitwiseXor": "^", "BitwiseNot": "~", "ShiftLeft": "<<", "ShiftRight": ">>", "CaseWhen": "when", "Concat": "concat",
}


def seq(items):
    return [items.apply(i) for i in range(items.size())]


def tree(e):
    kind = e.getClass().getSimpleName()
    kids = seq(e.children())
    if kind == "Literal":
        return {"literal": literal(e)}
    if kind == "UnresolvedAttribute":
        return {"unresolvedAttribute": {"unparsedIdentifier": e.name()}}
    if kind == "UnresolvedFunction":
        name = ".".join(seq(e.nameParts()))
        call = {"functionName": name, "arguments": [tree(x) for x in seq(e.arguments())]}
        if e.isDistinct():
            call["isDistinct"] = True
        return {"unresolvedFunction": call}
    if kind == "UnresolvedStar":
        return {"unresolvedStar": {}}
    if kind == "UnresolvedExtractValue":
        return {"unresolvedExtractValue": {"child": tree(kids[0]), "extraction": tree(kids[1])}}
    if kind == "Cast":
        node = {"expr": tree(kids[0]), "typeStr": e.dataType().sql()}
        if str(e.evalMode()) == "TRY":
            node["evalMode"] = "EVAL_MODE_TRY"
        return {"cast": node}
    if kind == "Alias":
        return {"alias": {"expr": tree(kids[0]), "name": [e.name()]}}
    if kind == "LambdaFunction":
        names = [{"nameParts": list(seq(x.nameParts()))} for x in kids[1:]]
        return {"lambdaFunction": {"function": tree(kids[0]), "arguments": names}}
    if kind == "UnresolvedNamedLambdaVariable":
        return {"unresolvedNamedLambdaVariable": {"nameParts": list(seq(e.nameParts()))}}
    if kind in BINARY:
        return {"unresolvedFunction": {"functionName": BINARY[kind], "arguments": [tree(x) for x in kids]}}
    raise ValueError(f"no message for {kind}")


def literal(e):
    name = e.dataType().typeName()
    value = e.value()
    if value is None:
        return {"null": {"null": {}}}
    if name.startswith("decimal"):
        kind = e.dataType()
        return {"decimal": {"value": value.toString() if hasattr(value, "toString") else str(value), "precision": kind.precision(), "scale": kind.scale()}}
    if name.startswith("interval"):
        kind = e.dataType()
        fields = {"startField": kind.startField(), "endField": kind.endField()}
        if "year" in name or "month" in name:
            return {"yearMonthInterval": value, "dataType": {"yearMonthInterval": fields}}
        return {"dayTimeInterval": str(value), "dataType": {"dayTimeInterval": fields}}
    if name == "binary":
        import base64
        return {"binary": base64.b64encode(bytes(value)).decode()}
    names = {"tinyint": "byte", "smallint": "short", "int": "integer", "bigint": "long", "timestamp_ntz": "timestampNtz"}
    key = names.get(name, name)
    if key in ("long", "timestamp", "timestampNtz"):
        return {key: str(value)}
    if key == "string":
        return {key: value.toString() if hasattr(value, "toString") else value}
    return {key: value}


def encode(value, kind):
    if value is None:
        return None
    if isinstance(kind, ArrayType):
        return [encode(x, kind.elementType) for x in value]
    if isinstance(kind, MapType):
        return [[encode(k, kind.keyType), encode(v, kind.valueType)] for k, v in value.items()]
    if isinstance(kind, StructType):
        return [encode(x, f.dataType) for x, f in zip(value, kind.fields)]
    if isinstance(kind, (BinaryType,)):
        return bytes(value).hex()
    if isinstance(kind, (DoubleType, FloatType)):
        return repr(float(value))
    if isinstance(kind, DecimalType):
        return format(Decimal(value), "f")
    if isinstance(kind, DateType):
        return str((value - datetime.date(1970, 1, 1)).days)
    if isinstance(kind, (TimestampType, TimestampNTZType)):
        delta = value.replace(tzinfo=None) - EPOCH
        return str((delta.days * 86400 + delta.seconds) * 1000000 + delta.microseconds)
    if isinstance(kind, DayTimeIntervalType):
        return str((value.days * 86400 + value.seconds) * 1000000 + value.microseconds)
    if isinstance(kind, YearMonthIntervalType):
        return str(value)
    return value if isinstance(value, (bool, str)) else str(value)


def problem(error):
    try:
        return {"condition": error.getCondition(), "parameters": dict(error.getMessageParameters() or {})}
    except Exception:  # not one of Spark's own errors
        return {"condition": type(error).__name__, "parameters": {}}


def answer(frame, text, is_aggregate):
    column = F.expr(text)
    try:
        result = frame.agg(column) if is_aggregate else frame.select(column)
        field = result.schema.fields[0]
        shape = {"name": field.name, "type": json.loads(field.dataType.json()), "nullable": field.nullable}
    except Exception as error:
        return {"error": problem(error)}
    try:
        return {**shape, "values": [encode(row[0], field.dataType) for row in result.collect()]}
    except Exception as error:
        return {**shape, "error": problem(error)}


def ask(spark, wanted=()):
    """The content of each golden file, by its stem."""
    parser = spark._jsparkSession.sessionState().sqlParser()
    for name in sorted(os.listdir(CASES)):
        stem = name.removesuffix(".sql")
        if wanted and stem not in wanted:
            continue
        lines = [line.rstrip("\n") for line in open(os.path.join(CASES, name), encoding="utf-8")]
        # Leading `--table` lines are one VALUES query; the other lines are one case each.
        table = " ".join(line[len("--table "):] for line in lines if line.startswith("--table "))
        frame = spark.sql(table).cache()
        rows = [[encode(v, f.dataType) for v, f in zip(row, frame.schema.fields)] for row in frame.collect()]
        cases = []
        for text in lines:
            if text.strip() == "" or text.startswith("--"):
                continue
            try:
                built = tree(parser.parseExpression(text))
            except Exception as error:
                print("skipped", text, str(error)[:100])
                continue
            cases.append({"sql": text, "expression": built, **answer(frame, text, stem == "aggregates")})
        yield stem, {"spark": spark.version, "schema": json.loads(frame.schema.json()), "rows": rows, "cases": cases}


def main():
    spark = (
        SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "1").getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    for stem, golden in ask(spark, sys.argv[1:]):
        cases = golden.pop("cases")
        head = json.dumps(golden, ensure_ascii=False)[:-1]
        body = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
        with open(os.path.join(HERE, "expressions", stem + ".json"), "w", encoding="utf-8") as file:
            file.write(f'{head}, "cases": [\n{body}\n]}}\n')
        print(stem, len(cases))
    spark.stop()


if __name__ == "__main__":
    main()
