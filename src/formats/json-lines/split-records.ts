import type { BytesColumn } from '../../protocol/columns'
import type { JsonReadOptions } from '../../engine/codecs/json/json-options'
import { userError } from '../../protocol/errors/runnel-error'

/**
 * A file's records as a string column: its lines (ended by \n, \r\n, \r or `lineSep`), or the whole file with `multiLine`.
 * Lines come without their ends and with 16 spare bytes behind them, as the parser likes them.
 */
export function splitRecords(
  file: Uint8Array,
  options: Pick<JsonReadOptions, 'multiLine' | 'lineSep' | 'encoding'>,
): BytesColumn {
  const bytes = utf8Of(file, options.encoding)
  if (options.multiLine) return column(bytes, Int32Array.of(0, bytes.length))
  return options.lineSep === null ? splitLines(bytes) : splitBy(bytes, new TextEncoder().encode(options.lineSep))
}

/** Lines without their ends. */
function splitLines(bytes: Uint8Array): BytesColumn {
  // Line ends are dropped by moving the lines together, so that a malformed line is kept as it stood.
  const packed = new Uint8Array(bytes.length + 16)
  const offsets: number[] = [0]
  let at = 0
  for (let start = 0; start < bytes.length;) {
    let end = start
    while (end < bytes.length && bytes[end] !== 10 && bytes[end] !== 13) end++
    packed.set(bytes.subarray(start, end), at)
    at += end - start
    offsets.push(at)
    start = bytes[end] === 13 && bytes[end + 1] === 10 ? end + 2 : end + 1
  }
  return column(packed, Int32Array.from(offsets))
}

function splitBy(bytes: Uint8Array, separator: Uint8Array): BytesColumn {
  const packed = new Uint8Array(bytes.length + 16)
  const offsets: number[] = [0]
  let at = 0
  for (let start = 0; start < bytes.length;) {
    let end = start
    while (end < bytes.length && !separator.every((byte, i) => bytes[end + i] === byte)) end++
    packed.set(bytes.subarray(start, end), at)
    at += end - start
    offsets.push(at)
    start = end + separator.length
  }
  return column(packed, Int32Array.from(offsets))
}

function column(bytes: Uint8Array, offsets: Int32Array): BytesColumn {
  return { layout: 'bytes', type: { kind: 'string' }, length: offsets.length - 1, validity: null, offsets, bytes }
}

/** The file as UTF-8 without a byte order mark. */
function utf8Of(file: Uint8Array, encoding: string | null): Uint8Array {
  if (encoding !== null && !/^utf-?8$/i.test(encoding)) {
    let text: string
    try {
      text = new TextDecoder(encoding).decode(file.slice())
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      throw userError('', `Unsupported encoding: ${encoding}`, {
        exception: 'IllegalArgumentException',
        hint: 'Usual encodings are UTF-8, UTF-16LE and ISO-8859-1.',
      })
    }
    return new TextEncoder().encode(text)
  }
  const hasMark = file[0] === 0xef && file[1] === 0xbb && file[2] === 0xbf
  return hasMark ? file.subarray(3) : file
}
