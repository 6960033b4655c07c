"""What a live Spark answers to every recorded streaming and expression case, in one session: python live-answers.py FILE"""

import importlib.util
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def module(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), os.path.join(HERE, f"{name}.py"))
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


streaming, expressions = module("generate-streaming-cases"), module("generate-expressions")
session = streaming.open_session()
answers = {"spark": session.version, "expressions": dict(expressions.ask(session)), "streaming": streaming.ask(session)}
session.stop()
with open(sys.argv[1], "w") as file:
    json.dump(answers, file)
