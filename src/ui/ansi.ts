/** Text with ANSI colour codes, as spans. Other escape sequences are dropped. */
export type AnsiSpan = { readonly text: string; readonly color: AnsiColor | null; readonly isBold: boolean }
export type AnsiColor = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'grey'

const COLORS: Record<number, AnsiColor | null> = {
  30: null,
  31: 'red',
  32: 'green',
  33: 'yellow',
  34: 'blue',
  35: 'magenta',
  36: 'cyan',
  37: null,
  90: 'grey',
}

const ESCAPE = /\u001b\[([\d;]*)([A-Za-z])/g

export function parseAnsi(text: string): AnsiSpan[] {
  const spans: AnsiSpan[] = []
  let color: AnsiColor | null = null
  let isBold = false
  let from = 0
  const push = (part: string) => {
    if (part !== '') spans.push({ text: part, color, isBold })
  }
  for (const match of text.matchAll(ESCAPE)) {
    push(text.slice(from, match.index))
    from = match.index + match[0].length
    if (match[2] !== 'm') continue
    for (const code of match[1].split(';').map(Number)) {
      if (code === 0) [color, isBold] = [null, false]
      else if (code === 1) isBold = true
      else if (code === 22) isBold = false
      else if (code === 39) color = null
      else if (code >= 91 && code <= 97) color = COLORS[code - 60] ?? null
      else if (code in COLORS) color = COLORS[code]
    }
  }
  push(text.slice(from))
  return spans
}

export function stripAnsi(text: string): string {
  return text.replace(ESCAPE, '')
}
