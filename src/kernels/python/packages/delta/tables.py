"""DeltaTable: a table by name or path. Commands run as SQL, so the engine refuses by name what it does not have."""
import itertools

from pyspark.errors import PySparkException
from pyspark.sql.column import Column

_views = itertools.count(1)


def _sql_text(condition, what):
    if isinstance(condition, str):
        return condition
    if isinstance(condition, Column) and "expressionString" in condition._expr:
        return condition._expr["expressionString"]["expression"]
    error = NotImplementedError(f"{what} takes SQL text here, not a Column.")
    error._hint = 'Write the condition as text, for example "target.id = source.id".'
    raise error


def _assignments(values, what):
    return ", ".join(f"{name} = {_sql_text(value, what)}" for name, value in values.items())


class DeltaTable:
    """A Delta table."""

    def __init__(self, session, identifier, frame):
        self._session = session
        self._identifier = identifier
        self._frame = frame
        self._alias = None

    @classmethod
    def forName(cls, sparkSession, tableOrViewName):
        return cls(sparkSession, tableOrViewName, sparkSession.read.table(tableOrViewName))

    @classmethod
    def forPath(cls, sparkSession, path, hadoopConf=None):
        return cls(sparkSession, f"delta.`{path}`", sparkSession.read.format("delta").load(path))

    @classmethod
    def isDeltaTable(cls, sparkSession, identifier):
        try:
            sparkSession.read.format("delta").load(identifier)
        except PySparkException:
            return False
        return True

    def toDF(self):
        return self._frame

    def alias(self, aliasName):
        aliased = DeltaTable(self._session, self._identifier, self._frame.alias(aliasName))
        aliased._alias = aliasName
        return aliased

    def _run(self, statement):
        return self._session.sql(statement)

    def history(self, limit=None):
        history = self._run(f"DESCRIBE HISTORY {self._identifier}")
        return history if limit is None else history.limit(limit)

    def detail(self):
        return self._run(f"DESCRIBE DETAIL {self._identifier}")

    def delete(self, condition=None):
        where = "" if condition is None else f" WHERE {_sql_text(condition, 'delete')}"
        self._run(f"DELETE FROM {self._identifier}{where}")

    def update(self, condition=None, set=None):
        if isinstance(condition, dict) and set is None:
            condition, set = None, condition
        if set is None:
            raise ValueError("The argument set is required.")
        where = "" if condition is None else f" WHERE {_sql_text(condition, 'update')}"
        self._run(f"UPDATE {self._identifier} SET {_assignments(set, 'update')}{where}")

    def vacuum(self, retentionHours=None):
        retain = "" if retentionHours is None else f" RETAIN {retentionHours} HOURS"
        return self._run(f"VACUUM {self._identifier}{retain}")

    def optimize(self):
        return DeltaOptimizeBuilder(self)

    def restoreToVersion(self, version):
        return self._run(f"RESTORE TABLE {self._identifier} TO VERSION AS OF {int(version)}")

    def restoreToTimestamp(self, timestamp):
        return self._run(f"RESTORE TABLE {self._identifier} TO TIMESTAMP AS OF '{timestamp}'")

    def merge(self, source, condition):
        return DeltaMergeBuilder(self, source, _sql_text(condition, "merge"), ())

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        error = NotImplementedError(f"DeltaTable.{name} is not available in this notebook.")
        error._hint = "There are toDF, history, detail, delete, update, merge, vacuum, optimize and restore."
        raise error


class DeltaOptimizeBuilder:
    """deltaTable.optimize()"""

    def __init__(self, table, condition=None):
        self._table = table
        self._condition = condition

    def where(self, partitionFilter):
        return DeltaOptimizeBuilder(self._table, partitionFilter)

    def _statement(self):
        return f"OPTIMIZE {self._table._identifier}" + (f" WHERE {self._condition}" if self._condition else "")

    def executeCompaction(self):
        return self._table._run(self._statement())

    def executeZOrderBy(self, *cols):
        columns = cols[0] if len(cols) == 1 and isinstance(cols[0], (list, tuple)) else cols
        return self._table._run(f"{self._statement()} ZORDER BY ({', '.join(columns)})")


class DeltaMergeBuilder:
    """deltaTable.merge(...): clauses in order, run by execute()."""

    def __init__(self, table, source, condition, clauses):
        self._table, self._source, self._condition, self._clauses = table, source, condition, clauses

    def _with(self, when, condition, action):
        extra = "" if condition is None else f" AND {_sql_text(condition, 'merge')}"
        return DeltaMergeBuilder(self._table, self._source, self._condition, (*self._clauses, f"WHEN {when}{extra} THEN {action}"))

    def whenMatchedUpdate(self, condition=None, set=None):
        return self._with("MATCHED", condition, f"UPDATE SET {_assignments(set, 'merge')}")

    def whenMatchedUpdateAll(self, condition=None):
        return self._with("MATCHED", condition, "UPDATE SET *")

    def whenMatchedDelete(self, condition=None):
        return self._with("MATCHED", condition, "DELETE")

    def whenNotMatchedInsert(self, condition=None, values=None):
        columns = ", ".join(values)
        given = ", ".join(_sql_text(value, "merge") for value in values.values())
        return self._with("NOT MATCHED", condition, f"INSERT ({columns}) VALUES ({given})")

    def whenNotMatchedInsertAll(self, condition=None):
        return self._with("NOT MATCHED", condition, "INSERT *")

    def whenNotMatchedBySourceUpdate(self, condition=None, set=None):
        return self._with("NOT MATCHED BY SOURCE", condition, f"UPDATE SET {_assignments(set, 'merge')}")

    def whenNotMatchedBySourceDelete(self, condition=None):
        return self._with("NOT MATCHED BY SOURCE", condition, "DELETE")

    def withSchemaEvolution(self):
        error = NotImplementedError("DeltaMergeBuilder.withSchemaEvolution is not available in this notebook.")
        error._hint = 'Use `spark.conf.set("spark.databricks.delta.schema.autoMerge.enabled", "true")`.'
        raise error

    def execute(self):
        if not self._clauses:
            raise ValueError("There must be at least one WHEN clause in a MERGE statement")
        view = f"_merge_source_{next(_views)}"
        relation = self._source._plan.get("subqueryAlias")
        self._source.createOrReplaceTempView(view)
        source = f"{view} AS {relation['alias']}" if relation else view
        target = f"{self._table._identifier} AS {self._table._alias}" if self._table._alias else self._table._identifier
        try:
            return self._table._run(f"MERGE INTO {target} USING {source} ON {self._condition} {' '.join(self._clauses)}")
        finally:
            self._table._session.catalog.dropTempView(view)


