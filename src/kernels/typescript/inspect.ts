const MAX_DEPTH = 4
const MAX_ITEMS = 100
const LINE = 100

/** A value as people read it: text alone as it is, everything else as TypeScript would write it. */
export function textOfValue(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value)
}

export function inspect(value: unknown, depth = 0, seen: readonly unknown[] = []): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'bigint':
      return `${value}n`
    case 'function':
      return /^class\b/.test(Function.prototype.toString.call(value))
        ? `class ${value.name}`
        : `function ${value.name || '(anonymous)'}`
    case 'symbol':
      return value.toString()
    case 'object':
      return value === null ? 'null' : inspectObject(value, depth, seen)
    default:
      return Object.is(value, -0) ? '-0' : String(value)
  }
}

function inspectObject(value: object, depth: number, seen: readonly unknown[]): string {
  if (seen.includes(value)) return '[Circular]'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof RegExp) return value.toString()
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (value instanceof Promise) return 'Promise (write await before it)'
  const inner = [...seen, value]
  const nested = (item: unknown) => inspect(item, depth + 1, inner)
  if (Array.isArray(value)) return depth > MAX_DEPTH ? '[...]' : bracketed('[', ']', limited(value, nested), depth)
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const items = Array.from(value as Uint8Array)
    return `${value.constructor.name}(${items.length}) ${bracketed('[', ']', limited(items, nested), depth)}`
  }
  if (value instanceof Map) {
    const entries = limited(
      [...(value as Map<unknown, unknown>).entries()],
      ([key, item]) => `${nested(key)} => ${nested(item)}`,
    )
    return `Map(${value.size}) ${bracketed('{', '}', entries, depth)}`
  }
  if (value instanceof Set) return `Set(${value.size}) ${bracketed('{', '}', limited([...value], nested), depth)}`
  const prototype = Object.getPrototypeOf(value) as object | null
  // Ours say what they are: DataFrame[id: bigint].
  if (prototype !== null && prototype !== Object.prototype && Object.hasOwn(prototype, 'toString'))
    return (value as { toString(): string }).toString()
  const name = (value.constructor as { name?: string } | undefined)?.name
  const title = name === undefined || name === 'Object' ? '' : `${name} `
  if (depth > MAX_DEPTH) return `${title}{...}`
  const entries = limited(Object.entries(value), ([key, item]) => `${keyText(key)}: ${nested(item)}`)
  return `${title}${bracketed('{', '}', entries, depth)}`
}

function limited<T>(items: readonly T[], write: (item: T) => string): string[] {
  const shown = items.slice(0, MAX_ITEMS).map(write)
  return items.length > MAX_ITEMS ? [...shown, `... ${items.length - MAX_ITEMS} more`] : shown
}

function bracketed(open: string, close: string, items: readonly string[], depth: number): string {
  if (items.length === 0) return `${open}${close}`
  const line = `${open} ${items.join(', ')} ${close}`
  if (line.length <= LINE && !line.includes('\n')) return open === '[' ? `[${items.join(', ')}]` : line
  const indent = '  '.repeat(depth + 1)
  return `${open}\n${items.map((item) => `${indent}${item}`).join(',\n')}\n${'  '.repeat(depth)}${close}`
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** A value as JSON, for the tree under a cell; null when it has no such form. */
export function jsonOf(value: unknown): unknown {
  const seen: unknown[] = []
  const plain = (item: unknown): unknown => {
    if (typeof item === 'bigint') return item.toString()
    if (typeof item === 'number' && !Number.isFinite(item)) return String(item)
    if (typeof item === 'function' || typeof item === 'symbol') return inspect(item)
    if (typeof item !== 'object' || item === null) return item
    if (seen.includes(item)) return '[Circular]'
    if (item instanceof Date || item instanceof RegExp || item instanceof Error || ArrayBuffer.isView(item))
      return inspect(item)
    seen.push(item)
    try {
      if (Array.isArray(item)) return item.map(plain)
      if (item instanceof Set) return [...item].map(plain)
      if (item instanceof Map)
        return Object.fromEntries([...item].map(([key, each]) => [textOfValue(key), plain(each)]))
      return Object.fromEntries(Object.entries(item).map(([key, each]) => [key, plain(each)]))
    } finally {
      seen.pop()
    }
  }
  return plain(value)
}
