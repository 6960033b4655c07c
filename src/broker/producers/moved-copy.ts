/** A JSON body whose times can be moved: how injected events are made where no preset feeds the hub. */
export type MovableBody = {
  readonly timeFields: readonly string[]
  at(eventTimeMs: number): string
}

const ISO = /^\d{4}-\d{2}-\d{2}([T ])\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/
const TIME_NAME = /time|date|stamp|^ts$/i

/** Null when the body is no JSON object or none of its top-level fields is a time. */
export function movableBody(text: string): MovableBody | null {
  let body: Record<string, unknown>
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null
    body = parsed as Record<string, unknown>
  } catch {
    return null
  }
  const writers = Object.entries(body).flatMap(([name, value]) => {
    const write = writerOf(name, value)
    return write === null ? [] : [{ name, write }]
  })
  if (writers.length === 0) return null
  return {
    timeFields: writers.map(({ name }) => name),
    at: (eventTimeMs) =>
      JSON.stringify({ ...body, ...Object.fromEntries(writers.map(({ name, write }) => [name, write(eventTimeMs)])) }),
  }
}

/** Writes a time as the field wrote its own: same separator, as many digits, same zone. */
function writerOf(name: string, value: unknown): ((timeMs: number) => string | number) | null {
  if (typeof value === 'string') {
    const form = ISO.exec(value)
    if (form === null) return null
    const [, separator, fraction = '', zone = ''] = form
    const offsetMs = offsetMsOf(zone)
    return (timeMs) => {
      const text = new Date(timeMs + offsetMs).toISOString()
      const digits =
        fraction === ''
          ? ''
          : `.${text
              .slice(20, 23)
              .padEnd(fraction.length - 1, '0')
              .slice(0, fraction.length - 1)}`
      return `${text.slice(0, 10)}${separator}${text.slice(11, 19)}${digits}${zone}`
    }
  }
  if (typeof value === 'number' && TIME_NAME.test(name)) {
    if (value > 1e9 && value < 1e10) return (timeMs) => Math.floor(timeMs / 1000)
    if (value > 1e12 && value < 1e13) return (timeMs) => Math.floor(timeMs)
  }
  return null
}

function offsetMsOf(zone: string): number {
  const form = /^([+-])(\d{2}):?(\d{2})$/.exec(zone)
  if (form === null) return 0
  return (form[1] === '-' ? -1 : 1) * (Number(form[2]) * 60 + Number(form[3])) * 60_000
}
