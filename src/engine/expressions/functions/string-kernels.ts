/** Text in code points, as Spark counts characters. */

export function pointLength(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit < 0xdc00) length--
  }
  return length
}

/** From position (1 is first, 0 means 1, negative counts from the end), `length` characters or bytes. */
export function substringPoints(value: string | Uint8Array, position: number, length: number): string | Uint8Array {
  const isText = typeof value === 'string'
  const size = isText ? pointLength(value) : value.length
  const start = position > 0 ? position - 1 : position < 0 ? size + position : 0
  // A start before the text eats into the length.
  const end = Math.min(size, start + length)
  const from = Math.max(0, start)
  if (end <= from) return isText ? '' : new Uint8Array(0)
  if (!isText) return value.slice(from, end)
  return size === value.length ? value.slice(from, end) : [...value].slice(from, end).join('')
}

export function trimLeft(text: string, characters = ' '): string {
  const points = [...text]
  let start = 0
  while (start < points.length && characters.includes(points[start])) start++
  return points.slice(start).join('')
}

export function trimRight(text: string, characters = ' '): string {
  const points = [...text]
  let end = points.length
  while (end > 0 && characters.includes(points[end - 1])) end--
  return points.slice(0, end).join('')
}

export function trimBoth(text: string, characters = ' '): string {
  return trimLeft(trimRight(text, characters), characters)
}

export function initcap(text: string): string {
  return text
    .toLowerCase()
    .replace(/(^|[ ])([^ ])/gu, (_all, blank: string, letter: string) => blank + letter.toUpperCase())
}

export function pad(text: string, length: number, by: string, left: boolean): string {
  const points = [...text]
  if (length <= points.length) return points.slice(0, Math.max(0, length)).join('')
  const fill = [...by]
  if (fill.length === 0) return text
  const added = Array.from({ length: length - points.length }, (_, i) => fill[i % fill.length]).join('')
  return left ? added + text : text + added
}

export function translate(text: string, from: string, to: string): string {
  const target = [...to]
  const table = new Map<string, string>()
  ;[...from].forEach((character, i) => {
    if (!table.has(character)) table.set(character, target[i] ?? '')
  })
  return [...text].map((character) => table.get(character) ?? character).join('')
}

export function overlay(text: string, by: string, position: number, length: number): string {
  const points = [...text]
  const cut = length >= 0 ? length : pointLength(by)
  const before = points.slice(0, Math.max(0, position - 1)).join('')
  return before + by + points.slice(Math.max(0, position - 1 + cut)).join('')
}

export function levenshtein(a: string, b: string): number {
  const [x, y] = [[...a], [...b]]
  let previous = Array.from({ length: y.length + 1 }, (_, j) => j)
  for (let i = 1; i <= x.length; i++) {
    const current = [i]
    for (let j = 1; j <= y.length; j++) {
      current[j] = Math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (x[i - 1] === y[j - 1] ? 0 : 1))
    }
    previous = current
  }
  return previous[y.length]
}

const SOUNDEX = '01230127022455012623017202'

export function soundex(text: string): string {
  const first = text.charAt(0).toUpperCase()
  if (!/[A-Z]/.test(first)) return text
  const codeOf = (letter: string) => SOUNDEX[letter.toUpperCase().charCodeAt(0) - 65] ?? ''
  let code = first
  let last = codeOf(first)
  for (const letter of text.slice(1)) {
    if (!/[A-Za-z]/.test(letter)) {
      last = '0'
      continue
    }
    const digit = codeOf(letter)
    // 7 marks H and W: they do not part equal codes.
    if (digit === '7') continue
    if (digit !== '0' && digit !== last) code += digit
    last = digit
    if (code.length === 4) break
  }
  return code.padEnd(4, '0')
}
