import type { Batch, StructType } from '../../protocol/columns'
import { prettyText } from './pretty-text'

export type ShowOptions = {
  readonly numRows: number
  /** Cells longer than this many characters are cut; 0 shows them whole and aligns left. */
  readonly truncate: number
  /** One line a cell instead of one line a row. */
  readonly vertical: boolean
  readonly timeZone: string
}

const MIN_WIDTH = 3

/** The text of `DataFrame.show()`, byte for byte Spark's. `batches` may hold one row more than `numRows`: then more is said to follow. */
export function showString(schema: StructType, batches: readonly Batch[], options: ShowOptions): string {
  const names = schema.fields.map((field) => escaped(field.name))
  const rows: string[][] = []
  // Spark shows none for a negative number.
  const numRows = Math.max(0, options.numRows)
  let hasMore = false
  for (const batch of batches) {
    for (let row = 0; row < batch.numRows; row++) {
      if (rows.length === numRows) hasMore = true
      else
        rows.push(
          batch.columns.map((column) => cut(escaped(prettyText(column, row, options.timeZone)), options.truncate)),
        )
    }
  }
  const body = options.vertical ? verticalRows(names, rows) : table(names, rows, options.truncate > 0)
  if (options.vertical && rows.length === 0) return `${body}(0 rows)`
  if (!hasMore) return body
  return `${body}only showing top ${numRows} ${numRows === 1 ? 'row' : 'rows'}`
}

function table(names: readonly string[], rows: readonly (readonly string[])[], alignRight: boolean): string {
  const widths = names.map((name, column) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row[column])), Math.max(MIN_WIDTH, displayWidth(name))),
  )
  const line = (cells: readonly string[]) =>
    `|${cells.map((cell, column) => padded(cell, widths[column], alignRight)).join('|')}|\n`
  const rule = `+${widths.map((width) => '-'.repeat(width)).join('+')}+\n`
  return `${rule}${line(names)}${rule}${rows.map(line).join('')}${rule}`
}

function verticalRows(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const nameWidth = names.reduce((width, name) => Math.max(width, displayWidth(name)), MIN_WIDTH)
  const cellWidth = rows.reduce(
    (width, row) => row.reduce((inner, cell) => Math.max(inner, displayWidth(cell)), width),
    MIN_WIDTH,
  )
  return rows
    .map((row, index) => {
      // 5 characters stand around the padded name and cell: " name | cell ".
      const header = `-RECORD ${index}`.padEnd(nameWidth + cellWidth + 5, '-')
      const lines = row.map(
        (cell, column) => ` ${padded(names[column], nameWidth, false)} | ${padded(cell, cellWidth, false)} `,
      )
      return `${header}\n${lines.join('\n')}\n`
    })
    .join('')
}

function padded(cell: string, width: number, alignRight: boolean): string {
  const padding = ' '.repeat(Math.max(0, width - displayWidth(cell)))
  return alignRight ? padding + cell : cell + padding
}

function cut(cell: string, maxLength: number): string {
  if (maxLength <= 0 || cell.length <= maxLength) return cell
  return maxLength < 4 ? cell.slice(0, maxLength) : `${cell.slice(0, maxLength - 3)}...`
}

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/g

/** Columns a monospaced font needs: East Asian wide characters take two. */
function displayWidth(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
  '\u000B': '\\v',
  '\u0007': '\\a',
}

/** Control characters as two visible ones, so that a row stays on its line. */
export function escaped(text: string): string {
  return text.replace(/[\n\r\t\f\b\u000B\u0007]/g, (character) => ESCAPES[character])
}
