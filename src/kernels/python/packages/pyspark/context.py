"""SparkContext: the harmless part of it. There is one process and no JVM."""
from pyspark.errors import PySparkNotImplementedError
from pyspark.version import __version__


class SparkConf:
    """Keys and values; harmless here."""

    def __init__(self, loadDefaults=True, _jvm=None, _jconf=None):
        self._values = {}

    def set(self, key, value):
        self._values[key] = str(value)
        return self

    def setIfMissing(self, key, value):
        self._values.setdefault(key, str(value))
        return self

    def setMaster(self, value):
        return self.set("spark.master", value)

    def setAppName(self, value):
        return self.set("spark.app.name", value)

    def setAll(self, pairs):
        for key, value in pairs:
            self.set(key, value)
        return self

    def get(self, key, defaultValue=None):
        return self._values.get(key, defaultValue)

    def getAll(self):
        return list(self._values.items())

    def contains(self, key):
        return key in self._values


class Broadcast:
    """A value every task could read; there is one process, so it is the value itself."""

    def __init__(self, value):
        self.value = value

    def unpersist(self, blocking=False):
        pass

    def destroy(self, blocking=False):
        self.value = None


class Accumulator:
    """A counter."""

    def __init__(self, value):
        self.value = value

    def add(self, term):
        self.value += term

    def __iadd__(self, term):
        self.add(term)
        return self

    def __repr__(self):
        return f"Accumulator<id=0, value={self.value}>"


def _refuse(name, hint):
    error = PySparkNotImplementedError(errorClass="NOT_IMPLEMENTED", messageParameters={"feature": name})
    error._hint = hint
    raise error


class _Jvm:
    """`sc._jvm`: there is no JVM. One path is answered, the one Event Hubs texts use."""

    _PATH = ("org", "apache", "spark", "eventhubs", "EventHubsUtils", "encrypt")

    def __init__(self, path=()):
        self._path = path

    def __getattr__(self, name):
        path = (*self._path, name)
        if name.startswith("__") or path != self._PATH[: len(path)]:
            _refuse(f"sc._jvm.{'.'.join(path)}", "There is no JVM in the browser. Use the PySpark API instead.")
        return _Jvm(path)

    def __call__(self, connection_string):
        if self._path != self._PATH:
            _refuse(f"sc._jvm.{'.'.join(self._path)}()", "There is no JVM in the browser. Use the PySpark API instead.")
        from pyspark._eventhubs import encrypt

        return encrypt(connection_string)

    def __repr__(self):
        return f"<sc._jvm{''.join('.' + part for part in self._path)}>"


class SparkContext:
    """The driver's context."""

    PACKAGE_EXTENSIONS = (".zip", ".egg", ".jar")
    _active = None

    def __init__(self, *_args, **_kwargs):
        if SparkContext._active is not None:
            raise ValueError("Cannot run multiple SparkContexts at once; existing SparkContext(app=Runnel, master=local[*])")
        self._session = None
        self._jvm = _Jvm()
        self._conf = SparkConf().setAppName("Runnel").setMaster("local[*]")
        self.appName = "Runnel"
        self.master = "local[*]"
        self.sparkHome = None
        self.environment = {}
        self.pythonVer = "3.14"
        SparkContext._active = self

    @classmethod
    def getOrCreate(cls, conf=None):
        return cls._active

    @property
    def version(self):
        return __version__

    @property
    def applicationId(self):
        return "runnel"

    @property
    def uiWebUrl(self):
        return None

    @property
    def startTime(self):
        from runnel_kernel import bridge

        return int(bridge.now_ms())

    @property
    def defaultParallelism(self):
        return 1

    defaultMinPartitions = defaultParallelism

    def getConf(self):
        return self._conf

    def sparkUser(self):
        return "runnel"

    def setLogLevel(self, logLevel):
        if logLevel.upper() not in ("ALL", "DEBUG", "ERROR", "FATAL", "INFO", "OFF", "TRACE", "WARN"):
            raise ValueError(f"Supplied level {logLevel} did not match one of: ALL,DEBUG,ERROR,FATAL,INFO,OFF,TRACE,WARN")

    def setJobDescription(self, value):
        pass

    def setJobGroup(self, groupId, description, interruptOnCancel=False):
        pass

    def setLocalProperty(self, key, value):
        pass

    def getLocalProperty(self, key):
        return None

    def setCheckpointDir(self, dirName):
        pass

    def addPyFile(self, path):
        _refuse("SparkContext.addPyFile", "Put the code in a cell: there is one Python.")

    def addFile(self, path, recursive=False):
        _refuse("SparkContext.addFile", "Read the file with `spark.read` or `open`.")

    def broadcast(self, value):
        return Broadcast(value)

    def accumulator(self, value, accum_param=None):
        return Accumulator(value)

    def parallelize(self, c, numSlices=None):
        _refuse("SparkContext.parallelize", "RDDs need a JVM. Use `spark.createDataFrame(rows, schema)`.")

    def textFile(self, name, minPartitions=None, use_unicode=True):
        _refuse("SparkContext.textFile", "RDDs need a JVM. Read the file with Python, or JSON lines with `spark.read.json(path)`.")

    def emptyRDD(self):
        _refuse("SparkContext.emptyRDD", 'RDDs need a JVM. Use `spark.createDataFrame([], "a INT")`.')

    def stop(self):
        """The notebook's context ends with the session."""

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        pass

    def __repr__(self):
        return f"<SparkContext master={self.master} appName={self.appName}>"
