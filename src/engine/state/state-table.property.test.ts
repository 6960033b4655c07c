import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchFromRows } from '../batch/from-values'
import { columnValues } from '../../testing/column-values'
import { parseDdl } from '../types/type-ddl'
import { FixedValuesState } from './state-values'
import { StateTable } from './state-table'
import type { TableChanges } from './state-table'
import { readStateFile, writeStateFile } from './state-file'

const KEYS = parseDdl('k STRING, w STRUCT<s: TIMESTAMP, e: TIMESTAMP>, d DOUBLE')
const LONG = { kind: 'long' } as const
const keyTypes = KEYS.fields.map((field) => field.type)

type Key = { k: string | null; w: { s: bigint; e: bigint } | null; d: number | null }
const key: fc.Arbitrary<Key> = fc.record({
  k: fc.constantFrom(null, '', 'a', 'b', 'ä'),
  w: fc.option(
    fc.integer({ min: -3, max: 3 }).map((start) => ({ s: BigInt(start) * 1000n, e: BigInt(start + 1) * 1000n })),
    { nil: null },
  ),
  d: fc.constantFrom(null, 0, -0, NaN, 1.5),
})

type Action =
  | { readonly kind: 'upsert'; readonly keys: readonly Key[] }
  | { readonly kind: 'insertMissing'; readonly keys: readonly Key[] }
  | { readonly kind: 'expire'; readonly watermarkMs: number }
  | { readonly kind: 'version' }
  | { readonly kind: 'reload' }

const keys = fc.array(key, { maxLength: 12 })
const action: fc.Arbitrary<Action> = fc.oneof(
  keys.map((some) => ({ kind: 'upsert' as const, keys: some })),
  keys.map((some) => ({ kind: 'insertMissing' as const, keys: some })),
  fc.integer({ min: -3, max: 3 }).map((watermarkMs) => ({ kind: 'expire' as const, watermarkMs })),
  fc.constant({ kind: 'version' as const }),
  fc.constant({ kind: 'reload' as const }),
)

const textOf = (one: Key) =>
  JSON.stringify([
    one.k,
    one.w === null ? null : [String(one.w.s), String(one.w.e)],
    one.d === null ? null : String(one.d + 0),
  ])

const open = () => new StateTable(keyTypes, new FixedValuesState([LONG]))

/** Adds 1 to the value of each key of a row. */
function addOnes(table: ReturnType<typeof open>, slots: Int32Array): void {
  const values = table.values.column(0) as BigInt64Array
  for (const slot of slots) values[slot]++
}

function contentOf(table: ReturnType<typeof open>): Map<string, bigint> {
  const slots = table.slots()
  const [k, w, d] = table.keysOf(slots).map(columnValues)
  const values = table.values.column(0) as BigInt64Array
  return new Map(Array.from(slots, (slot, i) => [textOf({ k: k[i], w: w[i], d: d[i] } as Key), values[slot]] as const))
}

/** Through the bytes of a version file and back. */
function written(changes: TableChanges, version: number): TableChanges {
  const bytes = writeStateFile(version, [{ name: 't', keyTypes, valueTypes: [LONG], changes }])
  const [content] = readStateFile(bytes, version, {
    typesOf: () => ({ keyTypes, valueTypes: [LONG] }),
    onTypes: () => {
      throw new Error('the types are the same')
    },
  })
  return content.changes
}

describe('a state table', () => {
  test('holds what a map would hold, through removals, versions and reloads', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        let table = open()
        let model = new Map<string, bigint>()
        let saved = new Map<string, bigint>()
        let versions: TableChanges[] = []
        table.nextBatch()
        for (const step of actions) {
          switch (step.kind) {
            case 'upsert': {
              const batch = batchFromRows(KEYS, step.keys)
              addOnes(table, table.upsert(batch.columns, batch.numRows))
              for (const one of step.keys) model.set(textOf(one), (model.get(textOf(one)) ?? 0n) + 1n)
              break
            }
            case 'insertMissing': {
              const batch = batchFromRows(KEYS, step.keys)
              const { rows, slots } = table.insertMissing(batch.columns, batch.numRows)
              addOnes(table, slots)
              const fresh: number[] = []
              step.keys.forEach((one, row) => {
                if (model.has(textOf(one))) return
                model.set(textOf(one), 1n)
                fresh.push(row)
              })
              expect([...rows]).toEqual(fresh)
              break
            }
            case 'expire': {
              table.remove(table.expired([1, 1], step.watermarkMs))
              const limit = BigInt(step.watermarkMs) * 1000n
              for (const text of [...model.keys()]) {
                const window = (JSON.parse(text) as [unknown, [string, string] | null])[1]
                if (window !== null && BigInt(window[1]) <= limit) model.delete(text)
              }
              break
            }
            case 'version':
              versions.push(written(table.changes(), versions.length + 1))
              table.nextBatch()
              saved = new Map(model)
              break
            case 'reload':
              // Either the changes of every version, or one snapshot: both give the last version.
              table = open()
              for (const changes of versions) table.apply(changes)
              table.nextBatch()
              model = new Map(saved)
              versions = [written({ ...table.snapshot() }, 1)]
              break
          }
          expect(contentOf(table)).toEqual(model)
          expect(table.numRows).toBe(model.size)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('many keys over a table that grows and shrinks keep their values', () => {
    const table = new StateTable([LONG], new FixedValuesState([LONG]))
    const schema = parseDdl('id LONG')
    const values = () => table.values.column(0) as BigInt64Array
    for (let round = 0; round < 60; round++) {
      const ids = Array.from({ length: 2000 }, (_, i) => [BigInt(round * 1000 + i)])
      const batch = batchFromRows(schema, ids)
      const slots = table.upsert(batch.columns, batch.numRows)
      slots.forEach((slot, i) => (values()[slot] = ids[i][0]))
      const old = table.slots().filter((slot) => values()[slot] < BigInt(round * 1000))
      table.remove(old)
      expect(table.numRows).toBe(2000)
      const found = table.find(batch.columns, batch.numRows)
      expect(found.every((slot, i) => slot >= 0 && values()[slot] === ids[i][0])).toBe(true)
    }
    // Freed slots are taken again.
    expect(table.numSlots).toBeLessThan(6000)
  })

  test('strings of keys that went do not stay for ever', () => {
    const table = new StateTable([{ kind: 'string' }], new FixedValuesState([LONG]))
    const schema = parseDdl('id STRING')
    let largest = 0
    for (let round = 0; round < 80; round++) {
      const batch = batchFromRows(
        schema,
        Array.from({ length: 2000 }, (_, i) => [`key-${round}-${i}`]),
      )
      table.remove(table.slots())
      table.upsert(batch.columns, batch.numRows)
      largest = Math.max(largest, table.sizeBytes)
    }
    expect(table.numRows).toBe(2000)
    const batch = batchFromRows(schema, [['key-79-1999'], ['key-78-0']])
    expect(Array.from(table.find(batch.columns, 2), (slot) => slot >= 0)).toEqual([true, false])
    expect(table.sizeBytes).toBeLessThan(largest)
  })
})
