"""Records a real Spark's get_json_object, json_tuple, schema_of_json and schema inference: golden/json/json-functions.json."""

import json
import os

from pyspark.sql import SparkSession, functions as F

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "json")
DOCUMENT = r'{"a":{"b":[1,{"c":"x"},[2,3]],"d e":null,"f":"str\"q"},"arr":[{"k":1},{"k":2},{"j":3}],"n":1.50,"t":true,"z":[[1,2],[3]]}'
PATHS = ["$", "$.a", "$.a.b", "$.a.b[0]", "$.a.b[1].c", "$.a.b[2]", "$.a.b[2][1]", "$.a.b[9]", "$['a']", "$.a['d e']", "$.a['f']", "$.a.f", "$.arr[*].k",
         "$.arr[*]", "$.arr.k", "$.arr[*].j", "$.n", "$.t", "$.nope", "$.z[*]", "$.z[*][*]", "$.z[0][*]", "$.*", "$.a.*", "a", "$.", "$..a", "$[0]", "$.a[b]",
         "$.a.b[*]", "$.arr[*].nope", "$.z[*][0]", "", "$.a. b"]
PAIRS = [("[1,2]", "$[0]"), ("[1,2]", "$"), ('[null,"x"]', "$[0]"), ('{"a":1', "$.a"), ('{"a":1,"a":2}', "$.a"), ('{"a":null,"a":2}', "$.a"), ("bad", "$.a"),
         ('"s"', "$"), ("null", "$"), ("5", "$"), ('{"a":"x"} junk', "$.a"), ("{'a':'q'}", "$.a"), ("", "$"), ('{"a":1e3,"b":[1.0 ,"é"]}', "$"), ('{"a":1e3}', "$.a"), (None, "$.a")]
TUPLES = ['{"a":1,"b":{"c":[1, 2.0]},"c":"s","d":null}', '{"a":1,"a":2}', "bad", "[1]", '{"a":1', "", None]
SCHEMAS = ['{"a":1,"b":"x"}', '{"b":null,"c":1.5,"a":2}', '{"c":[1,2.5],"d":{"z":true,"y":"q"},"e":[]}', '{"a":12345678901,"f":null,"g":1e300}',
           '{"h":123456789012345678901234567890,"i":0.1234567890123456789012345}', '[{"a":1},{"k":"v"}]',
           '{"a":"s","m":[{"x":1},{"y":"t"}],"n":[null],"o":{},"p":"2024-01-02T03:04:05Z"}', '{"q":[1,"s"],"r":[[1],[2.5]],"s":NaN,"t":true}', "5", "", '{"u":1.0,"v":-0}']
INFERRED = [SCHEMAS + ["bad"], ['{"a":1}', '{"a":true}'], ['{"a":1}', '{"a":{"x":1}}'], ['{"a":[1]}', '{"a":2}'], ['{"a":1.5}', '{"a":1}'], ['{"a":"x"}', '{"a":1}'],
            ['{"a":{"x":1}}', '{"a":{"y":2}}'], ['{"a":null}', '{"a":[1]}'], ['{"a":123456789012345678901}', '{"a":1}'], ['{"a":123456789012345678901}', '{"a":1.5}'], ['{"a":1}', "5"], []]
OPTIONS = [{}, {"primitivesAsString": "true"}, {"dropFieldIfAllNull": "true"}, {"inferTimestamp": "true"}, {"allowNonNumericNumbers": "false"}, {"mode": "DROPMALFORMED"}]
WRITTEN = """named_struct('a',1,'b',cast(null as int),'c',array(1,null),'d',map('k',null,'z',1.5D),'e',timestamp'2024-01-02 03:04:05.123456','f',date'2024-01-02',
'g',cast('x' as binary),'h',1.10BD,'i',cast('NaN' as double),'j',1e10D,'k',cast(1.1 as float),'l',struct(cast(null as int) as q),'m','q"\\\\\\\\é/\\\\u0001',
'n',timestamp_ntz'2024-01-02 03:04:05','o',true,'q',cast(0.0000001 as decimal(10,7)),'s',map(1,2),'t',cast(-3 as tinyint))"""
WRITE_OPTIONS = [{}, {"ignoreNullFields": "false"}, {"timestampFormat": "dd/MM/yyyy HH:mm", "dateFormat": "yyyyMMdd"}, {"pretty": "true"}]


def main():
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    one = spark.range(1)
    pairs = [(DOCUMENT, path) for path in PATHS] + PAIRS
    tuples = spark.createDataFrame([(i, text) for i, text in enumerate(TUPLES)], "i int, j string").select("i", F.json_tuple("j", "a", "b", "c", "d", "e")).orderBy("i").collect()
    struct = spark.sql("select %s as v" % WRITTEN)
    result = {
        "spark": spark.version,
        "getJsonObject": [[text, path, one.select(F.get_json_object(F.lit(text), path)).collect()[0][0]] for text, path in pairs],
        "jsonTuple": [[text, list(row)[1:]] for text, row in zip(TUPLES, tuples)],
        "schemaOfJson": [[text, one.select(F.schema_of_json(F.lit(text))).collect()[0][0]] for text in SCHEMAS],
        "inferred": [[texts, options, json.loads(spark.read.options(**options).json(spark.sparkContext.parallelize(texts, 1)).schema.json())]
                     for texts in INFERRED for options in (OPTIONS if len(texts) > 5 else OPTIONS[:1])],
        "written": {"schema": json.loads(struct.schema["v"].dataType.json()), "texts": [[options, struct.select(F.to_json("v", options)).collect()[0][0]] for options in WRITE_OPTIONS]},
    }
    with open(os.path.join(HERE, "json-functions.json"), "w") as out:
        json.dump(result, out, indent=1, ensure_ascii=True)
        out.write("\n")
    spark.stop()


main()
