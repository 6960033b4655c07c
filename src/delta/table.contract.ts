import { expect, test } from 'vitest'
import { batchFromRows } from '../engine/batch/from-values'
import { batchToRows } from '../engine/batch/to-values'
import type { Tables, TableWrite } from '../engine/ports/table'
import { DOUBLE, LONG, STRING, structOf } from '../engine/types/atomic-types'
import type { StructType } from '../protocol/columns'
import { RunnelError } from '../protocol/errors/runnel-error'

/** What every implementation of the `Tables` port promises. `open` gives a fresh, empty workspace. */
export function tablesContract(name: string, open: () => Promise<Tables> | Tables): void {
  const events = structOf({ id: LONG, name: STRING })
  const folder = '/lakehouse/default/Tables/events'

  const write = (
    rows: Record<string, unknown>[],
    more: Partial<TableWrite> = {},
    schema: StructType = events,
  ): TableWrite => ({
    mode: 'append',
    schema,
    batches: [batchFromRows(schema, rows)],
    partitionColumns: [],
    mergeSchema: false,
    overwriteSchema: false,
    transaction: null,
    operation: { name: 'WRITE', parameters: { mode: 'Append', partitionBy: '[]' } },
    ...more,
  })

  const rowsOf = async (tables: Tables, columns: readonly string[] | null = null, at?: { version: number }) => {
    const table = await tables.open(folder, at)
    if (table === null) throw new Error('no table')
    const rows: Record<string, unknown>[] = []
    for await (const batch of table.scan(columns)) rows.push(...batchToRows(batch))
    return rows
  }

  const conditionOf = async (action: Promise<unknown>) => {
    try {
      await action
    } catch (error) {
      if (error instanceof RunnelError) return error.condition
      throw error
    }
    return 'no error'
  }

  test(`${name}: a folder without a log is no table`, async () => {
    const tables = await open()
    expect(await tables.open(folder)).toBeNull()
  })

  test(`${name}: a created table is empty and has its schema`, async () => {
    const tables = await open()
    const table = await tables.create(folder, events, {})
    expect(table).toMatchObject({ version: 0, numRows: 0, numFiles: 0, schema: events })
    expect(await rowsOf(tables)).toEqual([])
    expect(await conditionOf(tables.create(folder, events, {}))).toBe('TABLE_OR_VIEW_ALREADY_EXISTS')
  })

  test(`${name}: appended rows come back in the order of their commits`, async () => {
    const tables = await open()
    expect(await tables.write(folder, write([{ id: 1n, name: 'a' }]))).toEqual({ version: 0, numRows: 1 })
    expect(
      await tables.write(
        folder,
        write([
          { id: 2n, name: null },
          { id: 3n, name: 'c' },
        ]),
      ),
    ).toEqual({ version: 1, numRows: 2 })
    expect(await rowsOf(tables)).toEqual([
      { id: 1n, name: 'a' },
      { id: 2n, name: null },
      { id: 3n, name: 'c' },
    ])
    expect((await tables.open(folder))?.numRows).toBe(3)
  })

  test(`${name}: a scan gives only the columns asked for`, async () => {
    const tables = await open()
    await tables.write(folder, write([{ id: 1n, name: 'a' }]))
    expect(await rowsOf(tables, ['name'])).toEqual([{ name: 'a' }])
    expect(await rowsOf(tables, [])).toEqual([{}])
  })

  test(`${name}: an overwrite replaces every row, and the old version stays readable`, async () => {
    const tables = await open()
    await tables.write(folder, write([{ id: 1n, name: 'a' }]))
    await tables.write(folder, write([{ id: 9n, name: 'z' }], { mode: 'overwrite' }))
    expect(await rowsOf(tables)).toEqual([{ id: 9n, name: 'z' }])
    expect(await rowsOf(tables, null, { version: 0 })).toEqual([{ id: 1n, name: 'a' }])
    expect(await conditionOf(tables.open(folder, { version: 2 }))).toBe('DELTA_VERSION_NOT_FOUND')
  })

  test(`${name}: a transaction is written once, whoever repeats it`, async () => {
    const tables = await open()
    const first = write([{ id: 1n, name: 'a' }], { transaction: { appId: 'query', version: 0 } })
    await tables.write(folder, first)
    expect(await tables.write(folder, first)).toEqual({ version: 0, numRows: 0 })
    await tables.write(folder, write([{ id: 2n, name: 'b' }], { transaction: { appId: 'query', version: 1 } }))
    await tables.write(folder, first)
    expect(await rowsOf(tables)).toHaveLength(2)
  })

  test(`${name}: a new column needs mergeSchema, and older rows read NULL in it`, async () => {
    const tables = await open()
    const wider = structOf({ id: LONG, name: STRING, price: DOUBLE })
    await tables.write(folder, write([{ id: 1n, name: 'a' }]))
    expect(await conditionOf(tables.write(folder, write([{ id: 2n, name: 'b', price: 1.5 }], {}, wider)))).toBe(
      'DELTA_METADATA_MISMATCH',
    )
    await tables.write(folder, write([{ id: 2n, name: 'b', price: 1.5 }], { mergeSchema: true }, wider))
    expect(await rowsOf(tables)).toEqual([
      { id: 1n, name: 'a', price: null },
      { id: 2n, name: 'b', price: 1.5 },
    ])
  })

  test(`${name}: another type for a column is refused, with nothing written`, async () => {
    const tables = await open()
    await tables.write(folder, write([{ id: 1n, name: 'a' }]))
    const wrong = structOf({ id: STRING, name: STRING })
    expect(await conditionOf(tables.write(folder, write([{ id: 'x', name: 'b' }], { mergeSchema: true }, wrong)))).toBe(
      'DELTA_FAILED_TO_MERGE_FIELDS',
    )
    expect((await tables.open(folder))?.version).toBe(0)
  })

  test(`${name}: overwriteSchema replaces the columns`, async () => {
    const tables = await open()
    await tables.write(folder, write([{ id: 1n, name: 'a' }]))
    const other = structOf({ price: DOUBLE })
    await tables.write(folder, write([{ price: 2 }], { mode: 'overwrite', overwriteSchema: true }, other))
    expect(await rowsOf(tables)).toEqual([{ price: 2 }])
  })

  test(`${name}: a missing column is NULL, and names match without case`, async () => {
    const tables = await open()
    await tables.write(folder, write([{ id: 1n, name: 'a' }]))
    await tables.write(folder, write([{ NAME: 'b' }], {}, structOf({ NAME: STRING })))
    expect(await rowsOf(tables)).toEqual([
      { id: 1n, name: 'a' },
      { id: null, name: 'b' },
    ])
  })

  test(`${name}: partition columns come back from the log, whatever characters they hold`, async () => {
    const tables = await open()
    const rows = [
      { id: 1n, name: 'a/b c%é' },
      { id: 2n, name: null },
      { id: 3n, name: 'a/b c%é' },
      { id: 4n, name: '=' },
    ]
    await tables.write(folder, write(rows, { partitionColumns: ['name'] }))
    expect((await tables.open(folder))?.partitionColumns).toEqual(['name'])
    expect((await rowsOf(tables)).sort((a, b) => Number(a.id) - Number(b.id))).toEqual(rows)
    expect(await conditionOf(tables.write(folder, write(rows, { partitionColumns: ['id'] })))).toBe(
      'DELTA_METADATA_MISMATCH',
    )
  })

  test(`${name}: a write without rows still commits`, async () => {
    const tables = await open()
    await tables.write(folder, write([]))
    expect(await tables.write(folder, write([], { transaction: { appId: 'q', version: 0 } }))).toEqual({
      version: 1,
      numRows: 0,
    })
    expect(await tables.open(folder)).toMatchObject({ version: 1, numRows: 0, numFiles: 0 })
  })
}
