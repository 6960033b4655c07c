import type { StructType } from '../../protocol/columns'
import type { Relation } from '../../protocol/spark-connect'

/** Names to things: what phase one of analysis (`resolveInputs`) asks. Views are the session's, tables the workspace's. */
export interface Catalog {
  /** Temp view (session or `global_temp`), else table, else null. Identifier as written: `x`, `lakehouse.x`, `` delta.`/path` ``. */
  lookup(identifier: readonly string[]): Promise<CatalogEntry | null>
  /** Names close to a missing one, for the hint. */
  similar(identifier: readonly string[]): Promise<string[]>
}

export type CatalogEntry =
  | { readonly kind: 'view'; readonly name: string; readonly relation: Relation }
  /** `format` is "delta" for tables; memory-sink tables appear as kind "local". */
  | {
      readonly kind: 'table'
      readonly name: string
      readonly format: string
      readonly path: string
      readonly schema: StructType
      readonly options: Readonly<Record<string, string>>
    }
