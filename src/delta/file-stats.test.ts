import { expect, test } from 'vitest'
import { batchFromRows } from '../engine/batch/from-values'
import {
  DOUBLE,
  FLOAT,
  INTEGER,
  LONG,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  arrayOf,
  decimal,
  mapOf,
  structOf,
} from '../engine/types/atomic-types'
import { fileStats } from './file-stats'

// The texts are what Spark 4.1.1 with Delta 4.2.0 wrote for the same rows.

test('statistics are Spark’s, letter by letter, for every kind of column', () => {
  const schema = structOf({
    id: LONG,
    s: STRING,
    d: DOUBLE,
    nn: DOUBLE,
    a: arrayOf(LONG),
    st: structOf({ f: LONG, g: mapOf(STRING, INTEGER) }),
    ts: TIMESTAMP,
    f: FLOAT,
    dd: decimal(38, 2),
    inf: FLOAT,
    tn: TIMESTAMP_NTZ,
  })
  const rows = [0, 1, 2].map((id) => ({
    id,
    s: 'é'.repeat(40),
    d: id === 0 ? null : id / 3,
    nn: id === 1 ? NaN : id,
    a: [id],
    st: { f: id, g: new Map([['a', 1]]) },
    ts: -315_619_199_998_500n,
    f: 1.5,
    dd: '-1.00',
    inf: Infinity,
    tn: -315_619_199_998_500n,
  }))
  const e = 'é'.repeat(32)
  expect(fileStats(schema, [batchFromRows(schema, rows.slice(0, 1)), batchFromRows(schema, rows.slice(1))])).toBe(
    `{"numRecords":3,"minValues":{"id":0,"s":"${e}","d":0.3333333333333333,"nn":0.0,"st":{"f":0},"ts":"1960-01-01T00:00:00.001Z","f":1.5,"dd":-1.00,"inf":"Infinity","tn":"1960-01-01T00:00:00.001"},"maxValues":{"id":2,"s":"${e}\u{10ffff}","d":0.6666666666666666,"nn":"NaN","st":{"f":2},"ts":"1960-01-01T00:00:00.001Z","f":1.5,"dd":-1.00,"inf":"Infinity","tn":"1960-01-01T00:00:00.001"},"nullCount":{"id":0,"s":0,"d":1,"nn":0,"a":0,"st":{"f":0,"g":0},"ts":0,"f":0,"dd":0,"inf":0,"tn":0}}`,
  )
})

test('numbers are written as Java writes them', () => {
  const schema = structOf({
    s: STRING,
    c: STRING,
    z: DOUBLE,
    e: DOUBLE,
    e2: DOUBLE,
    e3: DOUBLE,
    e4: DOUBLE,
    e5: DOUBLE,
    f10: FLOAT,
    k: DOUBLE,
  })
  const row = {
    s: '',
    c: '\u0001x',
    z: -0,
    e: 1e300,
    e2: 1e-7,
    e3: 123456789012,
    e4: 12345678,
    e5: 0.001,
    f10: 1e10,
    k: 100000,
  }
  const bounds = String.raw`{"s":"","c":"\u0001x","z":-0.0,"e":1.0E300,"e2":1.0E-7,"e3":1.23456789012E11,"e4":1.2345678E7,"e5":0.001,"f10":1.0E10,"k":100000.0}`
  const nulls = '{"s":0,"c":0,"z":0,"e":0,"e2":0,"e3":0,"e4":0,"e5":0,"f10":0,"k":0}'
  expect(fileStats(schema, [batchFromRows(schema, [row])])).toBe(
    `{"numRecords":1,"minValues":${bounds},"maxValues":${bounds},"nullCount":${nulls}}`,
  )
})

test('a column of NULLs has a count and no bounds', () => {
  const schema = structOf({ id: LONG, st: structOf({ x: INTEGER }) })
  expect(fileStats(schema, [batchFromRows(schema, [{ id: 1, st: null }])])).toBe(
    '{"numRecords":1,"minValues":{"id":1},"maxValues":{"id":1},"nullCount":{"id":0,"st":{"x":1}}}',
  )
})
