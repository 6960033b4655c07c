import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import {
  ArrowRightRegular,
  ClockRegular,
  DocumentRegular,
  FlashRegular,
  PlugConnectedRegular,
  PlugDisconnectedRegular,
  TableRegular,
} from '@fluentui/react-icons'
import { Fragment } from 'react'
import type { ComponentType } from 'react'
import type { FlowNumbers } from '../../protocol/workers/engine'
import { useTicker } from '../../ui/use-ticker'
import { flowStops, flowText, joint, kindWord } from '../model/flow-text'
import type { FlowStop } from '../model/flow-text'

export type FlowStripProps = {
  readonly title: string
  readonly flow: FlowNumbers | null
  readonly isRunning: boolean
  /** Session time in epoch milliseconds. */
  readonly now: () => number
}

/** Strips lie over each other at the foot of a long cell, so their height is known. */
export const FLOW_STRIP_PX = 40

const ICONS: Readonly<Record<FlowStop['kind'], ComponentType>> = {
  hub: PlugConnectedRegular,
  table: TableRegular,
  files: DocumentRegular,
  rate: ClockRegular,
  other: PlugDisconnectedRegular,
  query: FlashRegular,
  target: TableRegular,
}

const useStyles = makeStyles({
  strip: {
    display: 'flex',
    alignItems: 'center',
    height: `${FLOW_STRIP_PX}px`,
    boxSizing: 'border-box',
    padding: '0 10px',
    overflow: 'hidden',
    fontSize: tokens.fontSizeBase200,
    lineHeight: '17px',
    fontVariantNumeric: 'tabular-nums',
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground1,
  },
  // Each stop has its share of the line, whatever stands in it: figures that grow move nothing.
  stop: { flexGrow: 1, flexBasis: 0, minWidth: 0, display: 'flex', alignItems: 'center', gap: '8px', fontSize: '16px' },
  words: { minWidth: 0, fontSize: tokens.fontSizeBase200 },
  line: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  name: { fontWeight: tokens.fontWeightSemibold },
  query: { color: tokens.colorBrandForeground1 },
  figures: { minHeight: '17px', color: tokens.colorNeutralForeground2 },
  joint: { flexShrink: 0, width: '28px', display: 'flex', justifyContent: 'center', fontSize: '14px' },
  // Read out and found as text, drawn as an arrow.
  hidden: { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' },
})

/** Where rows come from, the query, where they go: a picture of fixed size whose figures change once a second of real time (B02). */
export function FlowStrip({ title, flow, isRunning, now }: FlowStripProps) {
  const styles = useStyles()
  useTicker(isRunning ? 1000 : null)
  const stops = flow === null ? [] : flowStops(flow, title, now(), isRunning)
  return (
    // `status`, but silent: a line that changes every second would never stop being read out.
    <div
      role="status"
      aria-live="off"
      aria-label={`Flow of ${title}`}
      className={styles.strip}
      title={stops.length === 0 ? undefined : flowText(stops)}
    >
      {stops.length === 0 && `${title}: ${isRunning ? 'starting' : 'stopped'}`}
      {stops.map((stop, index) => (
        <Fragment key={index}>
          {index > 0 && <Joint text={joint(stops[index - 1], stop)} />}
          <Stop stop={stop} />
        </Fragment>
      ))}
    </div>
  )
}

function Stop({ stop }: { stop: FlowStop }) {
  const styles = useStyles()
  const Icon = ICONS[stop.kind]
  return (
    <span className={mergeClasses(styles.stop, stop.kind === 'query' && styles.query)}>
      <Icon aria-hidden />
      <span className={styles.words}>
        <div className={mergeClasses(styles.line, styles.name)}>
          <span className={styles.hidden}>{kindWord(stop)}</span>
          {stop.name}{' '}
        </div>
        <div className={mergeClasses(styles.line, styles.figures)}>{stop.figures}</div>
      </span>
    </span>
  )
}

function Joint({ text }: { text: string }) {
  const styles = useStyles()
  return (
    <span className={styles.joint}>
      <span className={styles.hidden}>{text}</span>
      {text.includes('+') ? <span aria-hidden>+</span> : <ArrowRightRegular aria-hidden />}
    </span>
  )
}
