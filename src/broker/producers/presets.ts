import { userError } from '../../protocol/errors/runnel-error'
import type { ProducerPreset } from '../../protocol/workers/broker'
import type { Draws } from './draws'

/** Sample data a producer can send. `body` draws the same numbers in the same order for the same event. */
export type Preset = {
  readonly info: ProducerPreset
  body(event: { readonly number: number; readonly eventTimeMs: number }, draws: Draws): string
}

const DEFAULTS: ProducerPreset['defaults'] = {
  seed: 7,
  eventsPerSecond: 20,
  lateShare: 0.01,
  outOfOrderShare: 0.05,
  malformedShare: 0,
  maxEvents: null,
  numKeys: 0,
}

const PRODUCT_CATEGORIES = ['bikes', 'helmets', 'jerseys', 'tires', 'lights', 'gloves']
const PLATFORMS = ['Windows', 'Android', 'iOS', 'macOS', 'Linux']
const BROWSERS = ['Edge', 'Chrome', 'Safari', 'Firefox']

const workshop: Preset = {
  info: {
    id: 'workshop',
    title: 'Workshop clicks',
    description: 'Clicks and impressions of a web shop, with the fields of the Structured Streaming workshop.',
    fields: ['eventType', 'eventID', 'productId', 'userAgent', 'extraPayload', 'eventTime', 'page_loading_seconds'],
    defaults: DEFAULTS,
  },
  body({ eventTimeMs }, draws) {
    const eventType = draws.weighted(['IMPRESSION', 'CLICK', 'ADD_TO_CART', 'PURCHASE'], [0.6, 0.3, 0.08, 0.02])
    const eventID = draws.uuid()
    const productId = productName(draws)
    const userAgent = {
      platform: draws.weighted(PLATFORMS, [0.4, 0.25, 0.2, 0.1, 0.05]),
      browser: draws.weighted(BROWSERS, [0.35, 0.35, 0.2, 0.1]),
    }
    const extraPayload = Array.from({ length: draws.below(4) }, () => ({
      relatedProductId: productName(draws),
      relatedProductCategory: draws.pick(PRODUCT_CATEGORIES),
    }))
    // Most pages load in 1 to 3 seconds; one in fifty is slow enough for an anomaly detector to find.
    const isSlow = draws.next() < 0.02
    const page_loading_seconds = round(isSlow ? 20 + draws.next() * 20 : 1 + draws.next() * 2, 3)
    const eventTime = new Date(eventTimeMs).toISOString()
    return JSON.stringify({ eventType, eventID, productId, userAgent, extraPayload, eventTime, page_loading_seconds })
  },
}

const transactions: Preset = {
  info: {
    id: 'transactions',
    title: 'Card transactions',
    description: 'Payments of a hundred customers, with the fields of the streaming ingestion tutorial.',
    fields: ['transaction_id', 'customer_id', 'amount', 'category', 'timestamp', 'location', 'payment_method'],
    defaults: DEFAULTS,
  },
  body({ number, eventTimeMs }, draws) {
    return JSON.stringify({
      transaction_id: `T${String(number + 1).padStart(6, '0')}`,
      customer_id: `C${String(draws.below(100) + 1).padStart(3, '0')}`,
      amount: round(10 + draws.next() * 490, 2),
      category: draws.pick(['Electronics', 'Books', 'Clothing', 'Home', 'Sports']),
      // As Python's datetime.utcnow().isoformat() writes it: microseconds, no zone.
      timestamp: `${new Date(eventTimeMs).toISOString().slice(0, 23)}000`,
      location: draws.pick(['US', 'UK', 'EU', 'APAC']),
      payment_method: draws.pick(['Credit', 'Debit', 'PayPal']),
    })
  },
}

export const PRESETS: readonly Preset[] = [workshop, transactions]

export function findPreset(id: string): Preset {
  const preset = PRESETS.find(({ info }) => info.id === id)
  if (preset === undefined)
    throw userError('UNKNOWN_PRESET', `There is no sample data called ${id}.`, {
      exception: 'IllegalArgumentException',
      hint: `Choose one of: ${PRESETS.map(({ info }) => info.id).join(', ')}.`,
    })
  return preset
}

const productName = (draws: Draws) => `product-${String(draws.below(200) + 1).padStart(3, '0')}`
const round = (value: number, digits: number) => Number(value.toFixed(digits))
