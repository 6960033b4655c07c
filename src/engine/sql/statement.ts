import type { StructField } from '../../protocol/columns'
import type { Expression, Relation } from '../../protocol/spark-connect'

/**
 * What `parseStatement` gives: a query as a relation, every other statement as plain data with names, types and expressions read.
 * Names are lists of parts without quotes: `lakehouse.events` is `["lakehouse", "events"]`, delta.`/lake/x` is `["delta", "/lake/x"]`.
 */
export type Statement =
  | { readonly kind: 'query'; readonly relation: Relation }
  | CreateTable
  | CreateView
  | Insert
  | DropTable
  | DropView
  | {
      readonly kind: 'showTables'
      readonly database: Name | null
      readonly pattern: string | null
      readonly isExtended: boolean
    }
  | { readonly kind: 'showViews'; readonly database: Name | null; readonly pattern: string | null }
  | { readonly kind: 'showDatabases'; readonly pattern: string | null }
  | { readonly kind: 'showCatalogs'; readonly pattern: string | null }
  | { readonly kind: 'showColumns'; readonly table: Name; readonly database: Name | null }
  | { readonly kind: 'showCreateTable'; readonly table: Name }
  | { readonly kind: 'showTableProperties'; readonly table: Name; readonly key: string | null }
  | { readonly kind: 'showPartitions'; readonly table: Name }
  | { readonly kind: 'showFunctions'; readonly scope: 'all' | 'system' | 'user'; readonly pattern: string | null }
  /** DESCRIBE [TABLE] [EXTENDED] name [column]. */
  | {
      readonly kind: 'describeTable'
      readonly table: Name
      readonly isExtended: boolean
      readonly column: Name | null
    }
  | { readonly kind: 'describeDetail'; readonly table: Name }
  | { readonly kind: 'describeHistory'; readonly table: Name; readonly limit: number | null }
  | { readonly kind: 'describeDatabase'; readonly database: Name; readonly isExtended: boolean }
  | { readonly kind: 'describeFunction'; readonly name: Name; readonly isExtended: boolean }
  | { readonly kind: 'describeQuery'; readonly relation: Relation }
  | { readonly kind: 'use'; readonly database: Name; readonly isCatalog: boolean }
  /** SET; SET key; SET key = value; SET TIME ZONE zone has key `spark.sql.session.timeZone`. `isVerbose`: SET -v. */
  | { readonly kind: 'set'; readonly key: string | null; readonly value: string | null; readonly isVerbose: boolean }
  | { readonly kind: 'reset'; readonly key: string | null }
  | {
      readonly kind: 'cacheTable'
      readonly table: Name
      readonly isLazy: boolean
      readonly query: Relation | null
      readonly options: Properties
    }
  | { readonly kind: 'uncacheTable'; readonly table: Name; readonly ifExists: boolean }
  | { readonly kind: 'clearCache' }
  | { readonly kind: 'refreshTable'; readonly table: Name }
  | AlterTable
  | { readonly kind: 'truncateTable'; readonly table: Name }
  | {
      readonly kind: 'delete'
      readonly table: Name
      readonly alias: string | null
      readonly condition: Expression | null
    }
  | {
      readonly kind: 'update'
      readonly table: Name
      readonly alias: string | null
      readonly assignments: readonly Assignment[]
      readonly condition: Expression | null
    }
  | Merge
  | {
      readonly kind: 'optimize'
      readonly table: Name
      readonly condition: Expression | null
      readonly zOrderBy: readonly Name[]
    }
  | {
      readonly kind: 'vacuum'
      readonly table: Name
      readonly retainHours: number | null
      readonly isDryRun: boolean
    }
  | {
      readonly kind: 'restore'
      readonly table: Name
      readonly version: bigint | null
      readonly timestamp: string | null
    }
  | {
      readonly kind: 'createDatabase'
      readonly database: Name
      readonly ifNotExists: boolean
      readonly comment: string | null
      readonly location: string | null
      readonly properties: Properties
    }
  | {
      readonly kind: 'dropDatabase'
      readonly database: Name
      readonly ifExists: boolean
      readonly isCascade: boolean
    }
  | { readonly kind: 'explain'; readonly mode: ExplainMode; readonly statement: Statement }

export type StatementKind = Statement['kind']
export type Name = readonly string[]
export type Properties = Readonly<Record<string, string>>
export type ExplainMode = 'simple' | 'extended' | 'codegen' | 'cost' | 'formatted'
export type Assignment = { readonly column: Name; readonly value: Expression }

export type CreateTable = {
  readonly kind: 'createTable'
  readonly table: Name
  readonly orReplace: boolean
  /** REPLACE TABLE without CREATE: the table must exist. */
  readonly mustExist: boolean
  readonly ifNotExists: boolean
  /** null: CREATE TABLE ... AS SELECT, or a table at a location that exists. */
  readonly columns: readonly ColumnDefinition[] | null
  /** USING, lower case; null when absent. */
  readonly format: string | null
  readonly partitionedBy: readonly string[]
  readonly clusteredBy: readonly Name[]
  readonly location: string | null
  readonly comment: string | null
  readonly properties: Properties
  readonly options: Properties
  readonly query: Relation | null
}

/** `defaultValue` and `generatedAs` are the text of their expression. */
export type ColumnDefinition = StructField & {
  readonly comment: string | null
  readonly defaultValue: string | null
  readonly generatedAs: string | null
}

export type CreateView = {
  readonly kind: 'createView'
  readonly view: Name
  readonly scope: 'permanent' | 'temporary' | 'global'
  readonly orReplace: boolean
  readonly ifNotExists: boolean
  readonly columns: readonly { readonly name: string; readonly comment: string | null }[] | null
  readonly comment: string | null
  readonly properties: Properties
  /** null for CREATE TEMPORARY VIEW ... USING format OPTIONS (...). */
  readonly query: Relation | null
  /** The text of the query. */
  readonly text: string
  readonly format: string | null
  readonly options: Properties
}

export type Insert = {
  readonly kind: 'insert'
  readonly table: Name
  readonly isOverwrite: boolean
  /** INSERT INTO t (a, b): the columns the query's columns go to, in order; null: by position. */
  readonly columns: readonly string[] | null
  readonly isByName: boolean
  /** PARTITION (day = '2024-01-01', hour): null stands for a dynamic one. */
  readonly partition: readonly { readonly column: string; readonly value: Expression | null }[]
  /** INSERT INTO t REPLACE WHERE condition. */
  readonly replaceWhere: Expression | null
  readonly query: Relation
}

export type DropTable = {
  readonly kind: 'dropTable'
  readonly table: Name
  readonly ifExists: boolean
  readonly isPurge: boolean
}
export type DropView = { readonly kind: 'dropView'; readonly view: Name; readonly ifExists: boolean }

export type AlterTable = {
  readonly kind: 'alterTable'
  readonly table: Name
  readonly isView: boolean
  readonly action:
    | { readonly kind: 'rename'; readonly to: Name }
    | { readonly kind: 'addColumns'; readonly columns: readonly ColumnDefinition[] }
    | { readonly kind: 'dropColumns'; readonly columns: readonly Name[]; readonly ifExists: boolean }
    | { readonly kind: 'renameColumn'; readonly column: Name; readonly to: string }
    /** `text` is what stands behind the column: TYPE ..., COMMENT ..., SET NOT NULL. */
    | { readonly kind: 'alterColumn'; readonly column: Name; readonly text: string }
    | { readonly kind: 'setProperties'; readonly properties: Properties }
    | { readonly kind: 'unsetProperties'; readonly keys: readonly string[]; readonly ifExists: boolean }
    | { readonly kind: 'addConstraint'; readonly name: string; readonly condition: string }
    | { readonly kind: 'dropConstraint'; readonly name: string; readonly ifExists: boolean }
    | { readonly kind: 'setLocation'; readonly location: string }
    /** Anything else Spark or Delta knows: the text behind the table name. */
    | { readonly kind: 'other'; readonly text: string }
}

export type Merge = {
  readonly kind: 'merge'
  readonly target: Name
  readonly targetAlias: string | null
  readonly source: Relation
  readonly condition: Expression
  readonly withSchemaEvolution: boolean
  readonly clauses: readonly {
    readonly when: 'matched' | 'notMatched' | 'notMatchedBySource'
    readonly condition: Expression | null
    /** `assignments` null: UPDATE SET * or INSERT *. */
    readonly action:
      | { readonly kind: 'update'; readonly assignments: readonly Assignment[] | null }
      | { readonly kind: 'insert'; readonly assignments: readonly Assignment[] | null }
      | { readonly kind: 'delete' }
  }[]
}
