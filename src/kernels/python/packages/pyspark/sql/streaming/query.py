"""Running queries and their manager."""
import json

from pyspark.errors import PySparkValueError
from pyspark.errors.exceptions.captured import StreamingQueryException
from pyspark.sql.streaming.progress import StreamingQueryProgress
from runnel_kernel import bridge


class StreamingQuery:
    """A query that runs, or ran."""

    def __init__(self, id, runId, name):
        self._id, self._run_id, self._name = id, runId, name

    @property
    def id(self):
        return self._id

    @property
    def runId(self):
        return self._run_id

    @property
    def name(self):
        return self._name

    def _ask(self, **command):
        target = {"id": self._id, "runId": self._run_id}
        return bridge.execute({"command": {"streamingQueryCommand": {"queryId": target, **command}}})[0]

    @property
    def isActive(self):
        return self._ask(status=True)["status"]["isActive"]

    @property
    def status(self):
        status = self._ask(status=True)["status"]
        return {name: status[name] for name in ("message", "isDataAvailable", "isTriggerActive")}

    @property
    def lastProgress(self):
        progress = self._ask(lastProgress=True)["progress"]
        return StreamingQueryProgress.fromJson(json.loads(progress[-1])) if progress else None

    @property
    def recentProgress(self):
        return [StreamingQueryProgress.fromJson(json.loads(each)) for each in self._ask(recentProgress=True)["progress"]]

    def awaitTermination(self, timeout=None):
        command = {}
        if timeout is not None:
            if not isinstance(timeout, (int, float)) or timeout <= 0:
                raise _not_positive(timeout)
            command["timeoutMs"] = str(int(timeout * 1000))
        terminated = self._ask(awaitTermination=command)["terminated"]
        return terminated if timeout is not None else None

    def processAllAvailable(self):
        self._ask(processAllAvailable=True)

    def stop(self):
        self._ask(stop=True)

    def explain(self, extended=False):
        print(self._ask(explain={"extended": extended})["text"])

    def exception(self):
        failure = self._ask(exception=True)["exception"]
        if failure is None:
            return None
        return StreamingQueryException({
            "condition": failure["errorClass"] or "", "message": _without_prefix(failure["message"], failure["errorClass"]),
            "parameters": {}, "sqlState": None, "domain": "user", "exception": "StreamingQueryException", "hint": None, "contexts": []})

    def __repr__(self):
        return f"<pyspark.sql.streaming.query.StreamingQuery object at {hex(id(self))}>"


def _without_prefix(message, condition):
    prefix = f"[{condition}] "
    return message[len(prefix):] if condition and message.startswith(prefix) else message


def _not_positive(timeout):
    return PySparkValueError(errorClass="VALUE_NOT_POSITIVE", messageParameters={
        "arg_name": "timeout", "arg_value": type(timeout).__name__})


class StreamingQueryManager:
    """spark.streams"""

    def __init__(self, session):
        self._session = session

    @staticmethod
    def _ask(**command):
        return bridge.execute({"command": {"streamingQueryManagerCommand": command}})[0]

    @property
    def active(self):
        return [StreamingQuery(each["id"], each["runId"], each["name"]) for each in self._ask(active=True)["queries"]]

    def get(self, id):
        found = self._ask(getQuery=id)["queries"]
        return StreamingQuery(found[0]["id"], found[0]["runId"], found[0]["name"]) if found else None

    def awaitAnyTermination(self, timeout=None):
        command = {}
        if timeout is not None:
            if not isinstance(timeout, (int, float)) or timeout < 0:
                raise _not_positive(timeout)
            command["timeoutMs"] = str(int(timeout * 1000))
        terminated = self._ask(awaitAnyTermination=command)["terminated"]
        return terminated if timeout is not None else None

    def resetTerminated(self):
        self._ask(resetTerminated=True)

    def addListener(self, listener):
        from pyspark.sql.dataframe import _not_here

        raise _not_here("StreamingQueryManager.addListener", "Watch the query's card, or read `query.lastProgress` in a loop.")

    def removeListener(self, listener):
        from pyspark.sql.dataframe import _not_here

        raise _not_here("StreamingQueryManager.removeListener", "No listener can be added yet.")
