import type { Batch, BytesColumn, Column } from '../../protocol/columns'
import { assertNever } from '../../protocol/assert-never'

/**
 * Column buffers as JSON text, one array a column: `[[1,2],["a",null]]`. Python parses it in one C call and only then makes
 * dates, decimals and binary values, so no Arrow enters Python.
 *
 * Shapes: long = digits · float, double = always with a point or exponent · decimal = string · binary = base64 · date = days ·
 * timestamp = microseconds · intervals = months or microseconds · array = array · map = array of [key, value] · struct = array.
 */
export function columnsJson(batches: readonly Batch[], numColumns: number): string {
  const columns: string[] = []
  for (let index = 0; index < numColumns; index++) {
    const values: string[] = []
    for (const batch of batches) writeColumn(batch.columns[index], 0, batch.numRows, values)
    columns.push(`[${values.join(',')}]`)
  }
  return `[${columns.join(',')}]`
}

/** Appends the JSON of rows `from` to `until` (exclusive). */
function writeColumn(column: Column, from: number, until: number, into: string[]): void {
  const write = valueWriter(column)
  const { validity } = column
  for (let row = from; row < until; row++) into.push(validity !== null && validity[row] === 0 ? 'null' : write(row))
}

function valueWriter(column: Column): (row: number) => string {
  switch (column.layout) {
    case 'fixed': {
      const { values } = column
      if (column.type.kind === 'boolean') return (row) => (values[row] === 1 ? 'true' : 'false')
      if (column.type.kind === 'float' || column.type.kind === 'double')
        return (row) => floatJson(values[row] as number)
      if (column.type.kind === 'decimal') {
        const { scale } = column.type
        return (row) => `"${decimalText(values[row] as bigint, scale)}"`
      }
      return (row) => String(values[row])
    }
    case 'decimal128': {
      const { values } = column
      const { scale } = column.type
      return (row) => `"${decimalText(BigInt.asUintN(64, values[2 * row]) | (values[2 * row + 1] << 64n), scale)}"`
    }
    case 'bytes':
      return column.type.kind === 'binary' ? (row) => `"${base64(bytesAt(column, row))}"` : stringWriter(column)
    case 'dictionary': {
      const { codes, dictionary } = column
      const texts: string[] = []
      writeColumn(dictionary, 0, dictionary.length, texts)
      return (row) => texts[codes[row]]
    }
    case 'list': {
      const { offsets, child } = column
      const write = nullable(child)
      return (row) => `[${range(offsets[row], offsets[row + 1], write)}]`
    }
    case 'map': {
      const { offsets } = column
      const key = nullable(column.keys)
      const value = nullable(column.values)
      return (row) => `[${range(offsets[row], offsets[row + 1], (at) => `[${key(at)},${value(at)}]`)}]`
    }
    case 'struct': {
      const fields = column.children.map(nullable)
      return (row) => `[${fields.map((write) => write(row)).join(',')}]`
    }
    case 'void':
      return () => 'null'
    default:
      return assertNever(column)
  }
}

function nullable(column: Column): (row: number) => string {
  const write = valueWriter(column)
  const { validity } = column
  return (row) => (validity !== null && validity[row] === 0 ? 'null' : write(row))
}

function range(from: number, until: number, write: (at: number) => string): string {
  const parts: string[] = []
  for (let at = from; at < until; at++) parts.push(write(at))
  return parts.join(',')
}

/** Python reads `1` as int and `1.0` as float; NaN and Infinity are words its parser knows. */
function floatJson(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text
}

export function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString()
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

const decoder = new TextDecoder()

function bytesAt(column: BytesColumn, row: number): Uint8Array {
  return column.bytes.subarray(column.offsets[row], column.offsets[row + 1])
}

/** One decode for the whole column where every character is one byte: offsets then count characters too. */
function stringWriter(column: BytesColumn): (row: number) => string {
  const start = column.offsets[0]
  const all = column.bytes.slice(start, column.offsets[column.length])
  const text = decoder.decode(all)
  if (text.length === all.length) {
    return (row) => JSON.stringify(text.slice(column.offsets[row] - start, column.offsets[row + 1] - start))
  }
  return (row) => JSON.stringify(decoder.decode(column.bytes.slice(column.offsets[row], column.offsets[row + 1])))
}

export function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
