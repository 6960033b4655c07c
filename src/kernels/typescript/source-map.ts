const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

type Segment = { readonly column: number; readonly sourceLine: number; readonly sourceColumn: number }

/** Places of compiled code back to places of its source. Lines and columns count from 1, as stack traces count them. */
export class SourceMap {
  readonly #lines: readonly (readonly Segment[])[]

  constructor(mappings: string) {
    let [sourceLine, sourceColumn] = [0, 0]
    this.#lines = mappings.split(';').map((line) => {
      let column = 0
      return line.split(',').flatMap((text) => {
        const [columnStep, , lineStep, sourceStep] = numbersOf(text)
        if (columnStep === undefined) return []
        column += columnStep
        if (lineStep === undefined) return []
        sourceLine += lineStep
        sourceColumn += sourceStep
        return [{ column, sourceLine, sourceColumn }]
      })
    })
  }

  /** The source place of a place of the code, or null for code that stands for no text of the cell. */
  sourceOf(line: number, column: number): { line: number; column: number } | null {
    const found = this.#lines[line - 1]?.findLast((segment) => segment.column <= column - 1)
    return found === undefined ? null : { line: found.sourceLine + 1, column: found.sourceColumn + 1 }
  }
}

/** Base64 VLQ of a source map: five bits a digit, lowest first, the sign in the lowest bit. */
function numbersOf(text: string): number[] {
  const numbers: number[] = []
  let [value, shift] = [0, 0]
  for (const digit of text) {
    const bits = DIGITS.indexOf(digit)
    value += (bits & 31) << shift
    shift += 5
    if (bits & 32) continue
    numbers.push(value & 1 ? -(value >> 1) : value >> 1)
    value = shift = 0
  }
  return numbers
}
