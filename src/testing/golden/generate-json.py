"""Records how a real Spark reads JSON texts with from_json: golden/json/from-json.json. Run with pyspark 4.1.1."""

import decimal
import json
import os
import random

from pyspark.sql import Row, SparkSession, functions as F
from pyspark.sql import types as T

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "json")

MIXED = "a INT, b STRUCT<x: INT, y: STRING>, c ARRAY<INT>, d STRING, m MAP<STRING,INT>, s ARRAY<STRUCT<x: INT, y: STRING>>, n MAP<STRING,STRUCT<x: INT>>, _corrupt_record STRING"
MIXED_DOCS = r'''
{"a":1,"b":{"x":1,"y":"q"},"c":[1,2],"d":"s","m":{"k":1}}
{"a":1} xyz
{"a":"x","d":"ok"}
{"a":1,"b":{"x":"bad","y":"q"},"d":"z"}
{"a":1,"c":[1,"x",3],"d":"z"}
{"a":1,"m":{"k":"x","j":2},"d":"z"}
{"a":1,"m":{"k":"x","a":7,"d":"w"},"d":"z"}
{"a":1,"b":{"x":tru},"d":"z"}
{"a":1,"b":{"x":tru,"y":"k"},"d":"z"}
{"a":tru,"d":"z"}
{"d":"z","a":tru}
{"a":1,"b":[1],"d":"z"}
{"a":1,"a":"x"}
{"a":1,"a":2}
[{"a":1}]
[]
null
1
"s"
{
{"a":1
{"a":1,
{"a":1,}
{"b":{"x":1,},"a":1}
{"d":"x\q,"a":2}
{"d":"x\q","a":2}
{"d":{"x": 1.50, "y" : [1e3 , 1.0E5, 0.1, 100000000000000000000, null, true, "s\u00e9"]}}
{"d":1.50}
{"d":1e3}
{"d":-0.0}
{"d":-0}
{"d":true}
{"d":[ ]}
{"d":{}}
{"d":"tab	here"}
{'a':1,'d':'it'}
{'d':'it\'s "q"'}
{"d":"it\'s"}
{a:1}
{"a":01}
{"a":-01}
{"a":00}
{"a":1.0}
{"a":2147483648}
{"a":-2147483648}
{"a":99999999999999999999999}
{"a":null,"b":null,"c":null}
{"A":1}
{"a":1,"zz":{"q":[1,{"w":2}]},"d":"after"}
{"a":1,"zz":[1,2,"d":"after"}
{"a":1,"zz":"bad \q esc","d":"after"}
{"a":1,"zz":01,"d":"after"}
{"a":1,"zz":"u\u00e9\ud83d\ude00","d":"after"}
{"b":{"y":"s","x":1,"d":"lost"
{"c":[1,2,,3],"a":1}
{"c":[1,2],"a":1,"c":null}
{"b":{"x":1}}{"a":2}
{"a":+1}
{"a":-}
{"a":1e2}
{"c":{"x":1},"a":1}
{"c":5,"a":1}
{"m":[1],"a":1}
{"d":"\ud83d\ude00 \ud83d"}
{"d":"\ude00"}
{"d":"a\/b\"c\n\b\f\r\t"}
{"a":1,"b":{"x":1,"y":{"p":[1 ,2]}}}
{"a":NaN}
{"d":NaN}
{"d":-Infinity}
{"d":+INF}
{"a":1,"b":"str","d":"z"}
{"a":1,"b":"","d":"z"}
{"a":"","d":"z"}
{"a":true}
{"d":""}
{"c":["",1]}
{"_corrupt_record":"mine","a":1}
{"_corrupt_record":"mine","a":"x"}
{"d":1E400}
{"a":1 "d":2}
{"a":1,"d":"x
/*c*/{"a":1}
{"d":0.00001}
{"d":123456789.123456789}
{"d":1234567890123456789012345.5}
{"d":12345678.0}
{"a":1,"b":{"x":01,"y":"k"},"d":"z"}
{"a":1,"b":{"x":1.,"y":"k"},"d":"z"}
{"a":1,"b":{"y":"a\qb"},"d":"z"}
{"a":1,"b":{"y":"a\q,"x":1},"d":"z"}
{"a":1,"b":{"y" "k"},"d":"z"}
{"a":1,"b":{y:"k"},"d":"z"}
{"a":1,"c":[1,tru],"d":"z"}
{"a":1,"c":[tru,1],"d":"z"}
{"a":1,"c":[1 2],"d":"z"}
{"a":1,"c":[1.,2],"d":"z"}
{"a":1,"c":[1.5.2],"d":"z"}
{"a":1,"c":[01,2],"d":"z"}
{"a":1,"c":[1e,2],"d":"z"}
{"a":1,"c":[1e+,2],"d":"z"}
{"a":1,"c":[-,2],"d":"z"}
{"a":1,"c":[+1,2],"d":"z"}
{"a":1,"c":[.5,2],"d":"z"}
{"a":1,"c":[-.5,2],"d":"z"}
{"a":1,"c":[nulll,2],"d":"z"}
{"a":1,"c":[NaN1,2],"d":"z"}
{"a":1,"c":[@,2],"d":"z"}
{"a":1,"c":["u\u00zz",2],"d":"z"}
{"a":1,"b":{"x":},"d":"z"}
{"a":1,"b":{"x":]},"d":"z"}
{"a":1,"b":{"x":5],"d":"z"}
{"a":1,"d":{"p":tru},"c":[1]}
{"a":1,"d":[1,2,"c":3}
{"a":1,"zz":{"p":tru},"c":[1]}
{"a":1,"b":null,"s":[null,{"x":1}],"c":[null]}
{"m":{"k":null}}
{"m":{}}
{"a":1,"c":"","d":"z"}
{"a":1,"b":{"x":NaN},"d":"z"}
{"a":1,"b":{"x":nul},"d":"z"}
{"a":1,"b":{"x":1,"y":"k"} "d":"z"}
{"a":1,"s":[{"x":"bad","y":"k"},{"x":2}],"d":"z"}
{"a":1,"s":[{"x":1},5,{"x":2}],"d":"z"}
{"a":1,"s":{"x":1},"d":"z"}
{"a":1,"n":{"p":{"x":"bad"},"q":{"x":1}},"d":"z"}
{"a":1,"n":{"p":5,"q":{"x":1}},"d":"z"}
{ "a" : 1 , "d" : "sp" }
{"\u0061":1,"d":"escaped name"}
{"a":1,"":2,"d":"empty name"}
{"a":1;"d":"z"}
{"a"=1}
{"a":1,"d":'single'}
{"d":"null"}
{"d":"日本語 é 😀"}
{"日":1,"a":2}
{"c":[],"s":[],"m":{},"b":{}}
{"c":[[1]],"a":1}
{"d":18446744073709551616}
{"d":[1.0,{"k":"a\"b"}]}
{"a":1}}
{"a":1]]
truefalse
{"a":"1"}
{"a":{}}
{"b":{"x":{"x":1}},"a":3}
{"b":{"a":9,"x":1},"a":3}
{"s":[{"x":1,"y":"p"},{"y":"q"},{}],"a":1}
{"s":[{"x":1,"y":5},{"y":[1]},null]}
{"a":1,"d":"long string with more than sixteen bytes and a \" quote"}
'''.strip("\n").split("\n") + ["", "  ", "\t{\"a\":1}", "\ufeff{\"a\":1}", '{"d":"x\n"}', '{"a":1,\n "d":"multi\\nline"\n}', None]

SCALARS = "l BIGINT, i INT, h SMALLINT, t TINYINT, f FLOAT, d DOUBLE, p DECIMAL(10,2), q DECIMAL(38,10), r DECIMAL(18,18), z BOOLEAN, x BINARY, ts TIMESTAMP, tn TIMESTAMP_NTZ, dt DATE"


def scalar_docs():
    values = {
        "l": ["0", "-0", "1", "-1", "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1.0", "1e3", '"5"', "true", "123456789012345", "1234567890123456", "4294967296", "-4294967297"],
        "i": ["2147483647", "-2147483648", "2147483648", "0.0", '""'],
        "h": ["32767", "32768", "-32768", "-32769"],
        "t": ["127", "128", "255", "256", "-128", "-129"],
        "f": ["1.1", "3.4028235e38", "1e39", "16777217", "0.1", "1e-46", '"NaN"', '"Infinity"', '"-INF"', '"+INF"', '"INF"', '"1.5"', "NaN", "-0.0", "-0", "null", "2.5e-3"],
        "d": ["1.1", "0.1", "1e400", "-1e400", "4.9e-324", "123456789012345678901234567890", "1.7976931348623157e308", "0.30000000000000004", "-0.0", "-0", "9007199254740993", "1e22", "1e23", "123456789.123456789123", '"NaN"', '"+Infinity"', "true", "0.1e1", "12345678901234.5", "1.0000000000000002"],
        "p": ["1", "1.005", "1.004", "-1.005", "99999999.99", "99999999.995", "100000000", "1e3", "1e-3", "1.23e1", '"1.5"', '"1,234.5"', '"x"', "true", "0.1", "123456.7", '" 1"', "12345678.90", "-0.001"],
        "q": ["1.23456789012345678901234567890", "9999999999999999999999999999.0", "10000000000000000000000000000", "-5e-11", "123456789012345678.9876543210"],
        "r": ["0.123456789012345678", "0.1234567890123456785", "1", "-0.999999999999999999"],
        "z": ["true", "false", '"true"', "1", "null", "truee"],
        "x": ['"aGVsbG8="', '"aGVsbG8"', '"aGVs bG8="', '""', '"%%%"', "1", '"AA=="', '"A==="'],
        "ts": ['"2024-01-02T03:04:05.123456Z"', '"2024-01-02T03:04:05.123Z"', '"2024-01-02 03:04:05"', '"2024-01-02T03:04:05+02:00"', '"2024-01-02T03:04:05.1234567Z"', '"2024-01-02"', '"2024-01"', '"2024"', '"2024-01-02T03:04"', '"2024-01-02T03"', '"2024-13-02T03:04:05Z"', '"2024-02-30T03:04:05Z"', '"2024-01-02T24:00:00Z"', '"2024-01-02T03:60:00Z"', '"2024-1-2 3:4:5"', '"2024-01-02T03:04:05 Europe/Paris"', '"2024-01-02T03:04:05GMT+01:00"', '"garbage"', '""', "1700000000", "1700000000.5", "-1", '"2024-01-02T03:04:05.Z"', '"2024-01-02T03:04:05z"', '"2024-01-02T03:04:05-0800"', '"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999999Z"', '"1969-12-31T23:59:59.999999Z"', '"2024-01-02T03:04:05Z "', '" 2024-01-02T03:04:05Z"', '"2024-01-02T03:04:05.123+0530"', '"2024-01-02T03:04:05UTC"', '"2024-01-02T03:04:5Z"', '"1582-10-10T00:00:00Z"', "9223372036854775807"],
        "tn": ['"2024-01-02T03:04:05.123456"', '"2024-01-02 03:04:05"', '"2024-01-02T03:04:05Z"', '"2024-01-02"', '"x"', "5", '"2024-01-02T03:04:05+01:00"'],
        "dt": ['"2024-01-02"', '"2024-1-2"', '"2024-01"', '"2024"', '"2024-02-29"', '"2023-02-29"', '"2024-01-02T03:04:05Z"', '"2024-01-02 junk"', '"2024-01-02junk"', '"19724"', '"-5"', "19724", '"x"', '""', '"+2024-01-02"', '"0001-01-01"', '"9999-12-31"', '" 2024-01-02 "', '"20240102"'],
    }
    return ['{"%s":%s}' % (key, value) for key, texts in values.items() for value in texts] + [
        "{" + ",".join('"%s":%s' % (key, texts[0]) for key, texts in values.items()) + "}"]


EVENTS = "eventType STRING, eventID STRING, productId STRING, userAgent STRUCT<platform: STRING, browser: STRING>, extraPayload ARRAY<STRUCT<relatedProductId: STRING, relatedProductCategory: STRING>>, page_loading_seconds DOUBLE, eventDate TIMESTAMP, _corrupt_record STRING"


def event_docs(rng, count):
    docs = []
    for _ in range(count):
        event = {
            "eventType": rng.choice(["click", "view", "purchase"]), "eventID": "%032x" % rng.getrandbits(128), "productId": "prod-%d" % rng.randrange(50),
            "userAgent": {"platform": rng.choice(["iOS", "Android"]), "browser": rng.choice(["Safari", "Chrome \"x\"", "Fïrefox"])},
            "extraPayload": [{"relatedProductId": "p%d" % i, "relatedProductCategory": rng.choice(["a", "b", None])} for i in range(rng.randrange(3))],
            "page_loading_seconds": round(rng.random() * 10, rng.randrange(5)), "eventDate": "2024-0%d-1%dT0%d:00:00.%03dZ" % (rng.randrange(1, 9), rng.randrange(10), rng.randrange(10), rng.randrange(1000)),
        }
        keys = list(event)
        if rng.random() < 0.3:
            rng.shuffle(keys)
        if rng.random() < 0.2:
            del keys[rng.randrange(len(keys))]
        text = json.dumps({key: event[key] for key in keys}, ensure_ascii=rng.random() < 0.5, separators=rng.choice([(",", ":"), (", ", ": ")]))
        docs.append(mutate(rng, text) if rng.random() < 0.6 else text)
    return docs


def mutate(rng, text):
    for _ in range(rng.randrange(1, 3)):
        at = rng.randrange(len(text))
        kind = rng.randrange(5)
        if kind == 0:
            text = text[:at] + text[at + 1:]
        elif kind == 1:
            text = text[:at] + rng.choice('{}[]",:\\0ntf -.eE') + text[at:]
        elif kind == 2:
            text = text[:at]
        elif kind == 3:
            end = min(len(text), at + rng.randrange(8))
            text = text[:at] + text[at:end] + text[at:end] + text[end:]
        else:
            text = text[:at] + rng.choice('{}[]",:\\0ntf -.eE') + text[at + 1:]
        if not text:
            return text
    return text


def cases():
    rng = random.Random(20260101)
    yield MIXED, {}, MIXED_DOCS
    yield MIXED.replace(", _corrupt_record STRING", ""), {}, MIXED_DOCS[:60]
    yield SCALARS, {}, scalar_docs()
    yield EVENTS, {}, event_docs(rng, 300)
    yield "a INT, d STRING", {"allowUnquotedFieldNames": "true", "allowNumericLeadingZeros": "true", "allowComments": "true"}, [
        "{a:1,d:\"x\"}", '{"a":007}', '{"a":-007}', '{"a":00}', "/* c */{a:1 /* d */, // e\n d:'q'}", "{a-b:1,a:2}", "{1a:1}", '{"a":0}', '{a :5}']
    yield "a INT, d STRING", {"allowSingleQuotes": "false"}, ["{'a':1}", "{\"d\":'x'}", '{"a":1}', '{"d":"it\\\'s"}']
    yield "a DOUBLE, d STRING", {"allowNonNumericNumbers": "false"}, ['{"a":NaN}', '{"a":"NaN"}', '{"a":-Infinity}', '{"a":1}']
    yield "a INT, d STRING", {"allowBackslashEscapingAnyCharacter": "true", "allowUnquotedControlChars": "true"}, ['{"d":"a\\qb"}', '{"d":"t\tx"}', '{"d":"n\nx","a":1}', '{"d":"\\u0041\\$"}']
    yield "t TIMESTAMP, d DATE", {"timestampFormat": "dd/MM/yyyy HH:mm:ss", "dateFormat": "dd.MM.yyyy"}, [
        '{"t":"02/01/2024 03:04:05"}', '{"t":"2/1/2024 03:04:05"}', '{"t":"2024-01-02T03:04:05Z"}', '{"d":"29.02.2024"}', '{"d":"29.02.2023"}', '{"d":"2024-01-02"}', '{"d":"1.2.2024"}', '{"t":5}', '{"d":"19724"}']
    yield "t TIMESTAMP", {"timestampFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"}, ['{"t":"2024-01-02T03:04:05.678Z"}', '{"t":"2024-01-02T03:04:05.678+02:00"}', '{"t":"2024-01-02T03:04:05.6+02:00"}', '{"t":"2024-01-02T03:04:05.678"}']
    yield "t TIMESTAMP", {"timestampFormat": "MMM d, yyyy h:mm a"}, ['{"t":"Jan 2, 2024 3:04 PM"}', '{"t":"Feb 12, 2024 12:00 AM"}', '{"t":"January 2, 2024 3:04 PM"}', '{"t":"Jan 2, 2024 13:04 PM"}']
    yield "t TIMESTAMP", {"timestampFormat": "yyyy-MM-dd HH:mm[:ss]"}, ['{"t":"2024-01-02 03:04"}', '{"t":"2024-01-02 03:04:05"}']
    yield "array<int>", {}, ["[1,2]", '[1,"x"]', '{"a":1}', "", "null", "[", "5", "[]", "[null]", "[1,2] x", "[1,,2]"]
    yield "array<struct<a:int,b:string>>", {}, ['[{"a":1},{"a":"x","b":"k"}]', '{"a":1}', '{"a":"x"}', '[{"a":1},5]', "[]", '[{"a":1}', '[null,{"b":"q"}]']
    yield "map<string,int>", {}, ['{"a":1}', '{"a":"x","b":1}', "[1]", "{}", '{"a":null}', '{"a":1']
    yield "map<string,struct<x:int>>", {}, ['{"a":{"x":"bad"},"b":null}', '{"a":{"x":1}}']
    yield "a ARRAY<ARRAY<STRING>>, b MAP<STRING,ARRAY<DOUBLE>>, c STRUCT<d: STRUCT<e: ARRAY<STRUCT<f: BOOLEAN>>>>", {}, [
        '{"a":[["x","y"],[],null],"b":{"k":[1,2.5,null]},"c":{"d":{"e":[{"f":true},{"f":"no"},{}]}}}', '{"a":[["x"],5]}', '{"b":{"k":1}}', '{"c":{"d":{"e":[{"f":1}]}},"a":[["z"]]}', '{"c":{"d":null}}']


def main():
    spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    with open(os.path.join(HERE, "from-json.json"), "w") as out:
        out.write('{"spark":%s,"cases":[\n' % json.dumps(spark.version))
        out.write(",\n".join(case_text(spark, *case) for case in cases()))
        out.write("\n]}\n")
    spark.stop()


def case_text(spark, schema, options, docs):
    frame = spark.createDataFrame([(i, doc) for i, doc in enumerate(docs)], "i int, j string")
    parsed = frame.select("i", F.from_json("j", schema, options).alias("v"))
    if isinstance(parsed.schema["v"].dataType, T.StructType):
        parsed = parsed.select("i", F.when(F.col("v").isNotNull(), F.struct(*[plain(field) for field in parsed.schema["v"].dataType.fields])).alias("v"))
    answers = [row.v for row in parsed.orderBy("i").collect()]
    lines = ",\n".join(json.dumps([doc, value(answer)], ensure_ascii=True) for doc, answer in zip(docs, answers))
    return '{"schema":%s,"options":%s,"rows":[\n%s]}' % (json.dumps(schema), json.dumps(options), lines)


def plain(field):
    """Times as numbers: Python's own stop at the year 9999 and know no zone."""
    column = F.col("v")[field.name]
    if isinstance(field.dataType, T.TimestampType):
        column = F.unix_micros(column).cast("string")
    elif isinstance(field.dataType, T.TimestampNTZType):
        column = F.unix_micros(column.cast("timestamp")).cast("string")
    elif isinstance(field.dataType, T.DateType):
        column = F.unix_date(column)
    elif isinstance(field.dataType, T.LongType):
        column = column.cast("string")
    elif isinstance(field.dataType, T.DecimalType):
        column = F.struct(column.cast("string").alias("decimal"))
    return column.alias(field.name)


def value(answer):
    if isinstance(answer, Row):
        if answer.__fields__ == ["decimal"]:
            return answer.decimal and format(decimal.Decimal(answer.decimal), "f")
        return {name: value(answer[i]) for i, name in enumerate(answer.__fields__)}
    if isinstance(answer, dict):
        return {"map": [[key, value(entry)] for key, entry in answer.items()]}
    if isinstance(answer, list):
        return [value(element) for element in answer]
    if isinstance(answer, (bytes, bytearray)):
        return {"hex": answer.hex()}
    if isinstance(answer, float):
        return {"double": "NaN" if answer != answer else repr(answer)}
    return answer


main()
