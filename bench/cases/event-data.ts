import type { BytesColumn } from '../../src/protocol/columns'
import { parseDdl } from '../../src/engine/types/type-ddl'
import type { StructType } from '../../src/protocol/columns'

/** The click events of the workshop: about 327 bytes a row, six event types, five platforms, 1,000 products, 0 to 3 nested rows. */
export const EVENT_SCHEMA: StructType = parseDdl(
  'eventType STRING, eventID STRING, productId STRING, userAgent STRUCT<platform: STRING, browser: STRING>, ' +
    'extraPayload ARRAY<STRUCT<relatedProductId: STRING, relatedProductCategory: STRING>>, page_loading_seconds DOUBLE, eventDate TIMESTAMP',
)

const EVENT_TYPES = ['page_view', 'click', 'add_to_cart', 'purchase', 'search', 'remove_from_cart']
const PLATFORMS = ['Windows', 'macOS', 'Linux', 'iOS', 'Android']
const BROWSERS = ['Chrome', 'Firefox', 'Safari', 'Edge', 'Opera', 'Samsung Internet']
const CATEGORIES = ['electronics', 'books', 'garden', 'fashion', 'sports', 'toys', 'grocery']
const START_MS = Date.UTC(2026, 0, 5, 9)

/** `numRows` events over two hours of event time with up to 20 s of disorder; the same for the same seed. */
export function eventTexts(numRows: number): string[] {
  return Array.from(events(numRows))
}

/** The same, one by one: a million of them need not be there at once. */
export function* events(numRows: number, seed = 20260105): Generator<string> {
  let state = seed >>> 0 || 1
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 4294967296
  }
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]
  const hex = (length: number) => Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join('')
  const product = () =>
    `product-${Math.floor(next() * 1000)
      .toString()
      .padStart(4, '0')}`
  for (let i = 0; i < numRows; i++) {
    const timeMs = START_MS + Math.floor((i / numRows) * 7_200_000 - next() * 20_000)
    yield JSON.stringify({
      eventType: pick(EVENT_TYPES),
      eventID: `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`,
      productId: product(),
      userAgent: { platform: pick(PLATFORMS), browser: pick(BROWSERS) },
      extraPayload: Array.from({ length: Math.floor(next() * 4) }, () => ({
        relatedProductId: product(),
        relatedProductCategory: pick(CATEGORIES),
      })),
      page_loading_seconds: Math.round(next() * 10_000) / 1000,
      eventDate: new Date(timeMs).toISOString(),
    })
  }
}

/** The texts as bodies of one partition: a binary column. */
export function bodiesOf(texts: readonly string[]): BytesColumn {
  const parts = texts.map((text) => new TextEncoder().encode(text))
  const offsets = new Int32Array(parts.length + 1)
  parts.forEach((part, i) => (offsets[i + 1] = offsets[i] + part.length))
  const bytes = new Uint8Array(offsets[parts.length] + 64)
  parts.forEach((part, i) => bytes.set(part, offsets[i]))
  return { layout: 'bytes', type: { kind: 'string' }, length: parts.length, validity: null, offsets, bytes }
}
