import type { CellOutput } from '../../protocol/workers/kernel'

/** Stream text kept per output; older text is dropped from the front, as a terminal does. */
export const MAX_STREAM_CHARS = 200_000

/** Appends outputs; neighbouring text of one stream becomes one output, as nbformat writes it. */
export function appendOutputs(outputs: readonly CellOutput[], added: readonly CellOutput[]): CellOutput[] {
  const all = [...outputs]
  for (const output of added) {
    const last = all.at(-1)
    if (output.output_type === 'stream' && last?.output_type === 'stream' && last.name === output.name) {
      all[all.length - 1] = { ...last, text: keepTail(last.text + output.text) }
    } else all.push(output.output_type === 'stream' ? { ...output, text: keepTail(output.text) } : output)
  }
  return all
}

function keepTail(text: string): string {
  const joined = applyCarriageReturns(text)
  if (joined.length <= MAX_STREAM_CHARS) return joined
  const cut = joined.indexOf('\n', joined.length - MAX_STREAM_CHARS)
  return joined.slice(cut === -1 ? joined.length - MAX_STREAM_CHARS : cut + 1)
}

/** `\r` rewrites the line, so a progress bar stays one line. A `\r\n` is a plain line end. */
function applyCarriageReturns(text: string): string {
  if (!text.includes('\r')) return text
  return text.replace(/\r\n/g, '\n').replace(/^.*\r(?=.)/gm, '')
}
