"""spark.catalog: tables, views and databases."""
from typing import NamedTuple, Optional

from pyspark.sql import _plan, types
from runnel_kernel import bridge


class CatalogMetadata(NamedTuple):
    """One catalog."""

    name: str
    description: Optional[str]


class Database(NamedTuple):
    """One database."""

    name: str
    catalog: Optional[str]
    description: Optional[str]
    locationUri: str


class Table(NamedTuple):
    """One table or view."""

    name: str
    catalog: Optional[str]
    namespace: Optional[list]
    description: Optional[str]
    tableType: str
    isTemporary: bool

    @property
    def database(self):
        return self.namespace[0] if self.namespace and len(self.namespace) == 1 else None


class Column(NamedTuple):
    """One column of a table."""

    name: str
    description: Optional[str]
    dataType: str
    nullable: bool
    isPartition: bool
    isBucket: bool
    isCluster: bool


class Catalog:
    """Questions about tables and views."""

    def __init__(self, session):
        self._session = session

    @staticmethod
    def _ask(kind, **fields):
        question = {kind: {key: value for key, value in fields.items() if value is not None}}
        answer, columns = bridge.execute(_plan.root(_plan.relation(catalog=question)))
        if answer["kind"] != "rows":
            return []
        return types._rows_from_columns(types._from_kind(answer["schema"]), columns, answer["numRows"])

    def _records(self, of, kind, **fields):
        rows = self._ask(kind, **fields)
        return [of(**{name: value for name, value in row.asDict().items() if name in of._fields}) for row in rows]

    def currentCatalog(self):
        return self._ask("currentCatalog")[0][0]

    def currentDatabase(self):
        return self._ask("currentDatabase")[0][0]

    def setCurrentDatabase(self, dbName):
        self._ask("setCurrentDatabase", dbName=dbName)

    def listDatabases(self, pattern=None):
        return self._records(Database, "listDatabases", pattern=pattern)

    def databaseExists(self, dbName):
        return self._ask("databaseExists", dbName=dbName)[0][0]

    def listTables(self, dbName=None, pattern=None):
        return self._records(Table, "listTables", dbName=dbName, pattern=pattern)

    def getTable(self, tableName):
        return self._records(Table, "getTable", tableName=tableName)[0]

    def tableExists(self, tableName, dbName=None):
        return self._ask("tableExists", tableName=tableName, dbName=dbName)[0][0]

    def listColumns(self, tableName, dbName=None):
        return self._records(Column, "listColumns", tableName=tableName, dbName=dbName)

    def dropTempView(self, viewName):
        return self._ask("dropTempView", viewName=viewName)[0][0]

    def dropGlobalTempView(self, viewName):
        return self._ask("dropGlobalTempView", viewName=viewName)[0][0]

    def isCached(self, tableName):
        self.getTable(tableName)
        return False

    def cacheTable(self, tableName, storageLevel=None):
        self.getTable(tableName)

    def uncacheTable(self, tableName):
        self.getTable(tableName)

    def clearCache(self):
        """Nothing is cached."""

    def refreshTable(self, tableName):
        self.getTable(tableName)

    def refreshByPath(self, path):
        """Files are read anew each time."""
