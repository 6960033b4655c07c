import { makeStyles, tokens } from '@fluentui/react-components'
import type { FlowNumbers } from '../../protocol/workers/engine'
import { useRef } from 'react'
import { useTicker } from '../../ui/use-ticker'
import { flowParts } from '../model/flow-text'
import type { FlowPart } from '../model/flow-text'

export type FlowStripProps = {
  readonly title: string
  readonly flow: FlowNumbers | null
  readonly isRunning: boolean
  /** Session time in epoch milliseconds. */
  readonly now: () => number
}

const useStyles = makeStyles({
  strip: {
    display: 'flex',
    height: '24px',
    lineHeight: '24px',
    padding: '0 10px',
    fontSize: tokens.fontSizeBase200,
    fontVariantNumeric: 'tabular-nums',
    overflow: 'hidden',
    whiteSpace: 'pre',
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground1,
  },
  // Numbers stay whole; a long name gives way.
  name: { fontStyle: 'italic', overflow: 'hidden', textOverflow: 'ellipsis', flexShrink: 1, minWidth: '20px' },
  plain: { flexShrink: 0, display: 'inline-block' },
  query: {
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    flexShrink: 1,
    minWidth: '20px',
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorBrandForeground1,
  },
})

/** Room for figures to grow: what stands behind them keeps its place. */
const SPARE_CHARS = 4
/** Words are narrower than figures. */
const CHAR_IN_DIGITS = 0.85

class PartWidths {
  readonly #chars: number[] = []

  of(index: number, { text, emphasis }: FlowPart): string | undefined {
    if (emphasis !== 'plain' || !/\d/.test(text)) return undefined
    if (text.length > (this.#chars[index] ?? 0)) this.#chars[index] = text.length + SPARE_CHARS
    return `${Math.ceil(this.#chars[index] * CHAR_IN_DIGITS)}ch`
  }
}

/** One live line of fixed height; its numbers change once a second of real time (B02). */
export function FlowStrip({ title, flow, isRunning, now }: FlowStripProps) {
  const styles = useStyles()
  useTicker(isRunning ? 1000 : null)
  const widths = useRef(new PartWidths()).current
  const parts = flow === null ? [] : flowParts(flow, title, now(), isRunning)
  const text = parts.map((part) => part.text).join('')
  return (
    // `status`, but silent: a line that changes every second would never stop being read out.
    <div role="status" aria-live="off" aria-label={`Flow of ${title}`} className={styles.strip} title={text}>
      {parts.length === 0
        ? `${title}: ${isRunning ? 'starting' : 'stopped'}`
        : parts.map((part, index) => (
            <span
              key={index}
              className={styles[part.emphasis]}
              style={{ minWidth: isRunning ? widths.of(index, part) : undefined }}
            >
              {part.text}
            </span>
          ))}
    </div>
  )
}
