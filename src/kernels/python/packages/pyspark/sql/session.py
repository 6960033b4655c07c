"""The session: entry to reading, SQL, tables and streams."""
from pyspark.errors import PySparkRuntimeError, PySparkTypeError
from pyspark.sql import _args, _plan
from pyspark.sql.conf import RuntimeConfig
from pyspark.version import __version__
from runnel_kernel import bridge


class Builder:
    """SparkSession.builder: the notebook has its session already, so options that can still change are set on it."""

    def __init__(self):
        self._options = {}

    def config(self, key=None, value=None, conf=None, *, map=None):
        if conf is not None:
            self._options.update(conf.getAll())
        elif map is not None:
            self._options.update({name: _plan.option_text(of) for name, of in map.items()})
        else:
            self._options[key] = _plan.option_text(value)
        return self

    def master(self, master):
        return self.config("spark.master", master)

    def appName(self, name):
        return self.config("spark.app.name", name)

    def remote(self, url):
        return self.config("spark.remote", url)

    def enableHiveSupport(self):
        return self

    def getOrCreate(self):
        from pyspark.errors import AnalysisException

        session = SparkSession._active()
        for key, value in self._options.items():
            try:
                session.conf.set(key, value)
            except AnalysisException as refused:
                # A running session keeps its static options; Spark logs a warning and goes on.
                if "CANNOT_MODIFY" not in (refused.getCondition() or ""):
                    raise
        self._options = {}
        return session

    create = getOrCreate


class _BuilderOf:
    """`SparkSession.builder` is a new builder each time."""

    def __get__(self, _instance, _owner):
        return Builder()


class UDFRegistration:
    """spark.udf"""

    def register(self, name, f=None, returnType=None):
        from pyspark.sql.functions import udf

        return udf(f)

    registerJavaFunction = registerJavaUDAF = register


class SparkSession:
    """One notebook's session."""

    Builder = Builder
    builder = _BuilderOf()
    _instance = None

    def __init__(self, compatibility):
        from pyspark.context import SparkContext
        from pyspark.sql.catalog import Catalog

        self._compatibility = compatibility
        self._context = SparkContext.getOrCreate() or SparkContext()
        self._context._session = self
        self.conf = RuntimeConfig()
        self.catalog = Catalog(self)
        self.udf = UDFRegistration()

    @classmethod
    def _start(cls, compatibility):
        cls._instance = cls(compatibility)
        return cls._instance

    @classmethod
    def _active(cls):
        if cls._instance is None:
            raise PySparkRuntimeError(errorClass="NO_ACTIVE_OR_DEFAULT_SESSION", messageParameters={})
        return cls._instance

    @classmethod
    def active(cls):
        return cls._active()

    @classmethod
    def getActiveSession(cls):
        return cls._instance

    @property
    def version(self):
        return __version__

    @property
    def sparkContext(self):
        return self._context

    @property
    def _jvm(self):
        return self._context._jvm

    @property
    def read(self):
        from pyspark.sql.readwriter import DataFrameReader

        return DataFrameReader(self)

    @property
    def readStream(self):
        from pyspark.sql.streaming.readwriter import DataStreamReader

        return DataStreamReader(self)

    @property
    def streams(self):
        from pyspark.sql.streaming.query import StreamingQueryManager

        return StreamingQueryManager(self)

    def newSession(self):
        raise _session_error()

    def stop(self):
        """The notebook's session ends with the notebook; Restart session in the toolbar starts a new one."""

    def table(self, tableName):
        if not isinstance(tableName, str):
            raise _args.type_error("NOT_STR", "tableName", tableName)
        return self.read.table(tableName)

    def range(self, start, end=None, step=1, numPartitions=None):
        from pyspark.sql.dataframe import DataFrame

        if end is None:
            start, end = 0, start
        fields = {"start": str(int(start)), "end": str(int(end)), "step": str(int(step))}
        if numPartitions is not None:
            fields["numPartitions"] = int(numPartitions)
        return DataFrame(_plan.relation(range=fields), self)

    def sql(self, sqlQuery, args=None, **kwargs):
        """Runs a statement; a query comes back as a DataFrame, a command has run already."""
        from pyspark.sql.dataframe import DataFrame

        if kwargs:
            from pyspark.sql._sql_format import formatted

            sqlQuery = formatted(self, sqlQuery, kwargs)
        query = {"query": sqlQuery}
        if isinstance(args, dict):
            query["namedArguments"] = {name: _argument(value) for name, value in args.items()}
        elif isinstance(args, (list, tuple)):
            query["posArguments"] = [_argument(value) for value in args]
        elif args is not None:
            raise PySparkTypeError(errorClass="INVALID_TYPE", messageParameters={"arg_name": "args", "arg_type": type(args).__name__})
        answer, _columns = bridge.execute({"command": {"sqlCommand": {"input": _plan.relation(sql=query)}}})
        relation = answer["relation"]
        relation.setdefault("common", {}).setdefault("planId", _plan.plan_id(_plan.relation()))
        return DataFrame(relation, self)

    def createDataFrame(self, data, schema=None, samplingRatio=None, verifySchema=True):
        from pyspark.sql._local_data import create_data_frame

        return create_data_frame(self, data, schema, verifySchema)

    def addTag(self, tag):
        """Tags name running operations to interrupt; cells do that here."""

    removeTag = addTag

    def clearTags(self):
        """See addTag."""

    def getTags(self):
        return set()

    def interruptAll(self):
        return []

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.stop()

    def __repr__(self):
        return f"<pyspark.sql.session.SparkSession object at {hex(id(self))}>"

    def _repr_html_(self):
        return (f"<div><p><b>SparkSession</b></p><p>Version {__version__} · {self._compatibility} mode · "
                "time zone UTC · in this browser</p></div>")


def _argument(value):
    from pyspark.sql.functions import lit

    return lit(value)._expr


def _session_error():
    from pyspark.sql.dataframe import _not_here

    return _not_here("SparkSession.newSession", "A notebook has one session; open a second notebook for another.")


class SQLContext:
    """The entry point of Spark 1; passes everything to the session."""

    def __init__(self, sparkContext=None, sparkSession=None, jsqlContext=None):
        self.sparkSession = sparkSession or SparkSession._active()

    def __getattr__(self, name):
        return getattr(self.sparkSession, name)


HiveContext = SQLContext
