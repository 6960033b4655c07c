import { batchToRows } from '../engine/batch/to-values'
import type { Batch } from '../protocol/columns'

/** A plain row: bigint for BIGINT and TIMESTAMP, number, string, boolean, null. */
export type Row = Readonly<Record<string, unknown>>

/** Rows of batches in order, for comparing in tests; never used by the engine. */
export function rowsOf(batches: readonly Batch[]): Row[] {
  return batches.flatMap(batchToRows)
}

/** Row order is no part of the contract: one text a row, sorted, so that two results compare as bags. */
export function asBag(rows: readonly Row[]): string[] {
  return rows.map(rowText).sort()
}

export function rowText(row: Row): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}L` : value))
}
