import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { ArrowMaximizeRegular } from '@fluentui/react-icons'
import { useMemo } from 'react'
import { formatClock, formatCount, plural } from '../../ui/format'
import { planeOf } from '../model/event-time-plane'
import type { EventTimePlane, MarkKind } from '../model/event-time-plane'
import { eventTimePlan } from '../model/monitoring'
import type { QueryView } from '../model/monitoring'
import { closingText } from '../model/window-text'
import { MARK_TOKENS } from './draw-event-time'
import { EventTimeChart } from './event-time-chart'

const LARGE = { maxLines: 12, linePx: 13, gutterPx: 40 }
const SMALL = { maxLines: 8, linePx: 7, gutterPx: 22 }

const useStyles = makeStyles({
  view: { display: 'grid', gridTemplateColumns: 'minmax(0, 3fr) minmax(280px, 2fr)', gap: '16px' },
  head: {
    display: 'flex',
    justifyContent: 'space-between',
    alignItems: 'center',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
  legend: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: '2px 14px',
    fontSize: tokens.fontSizeBase200,
    lineHeight: '18px',
    color: tokens.colorNeutralForeground2,
    fontVariantNumeric: 'tabular-nums',
  },
  sample: { display: 'inline-block', width: '10px', height: '10px', marginRight: '5px' },
  step: { display: 'inline-block', width: '10px', borderTop: '2px solid currentColor', margin: '0 5px 3px 0' },
  scroll: { height: '222px', overflowY: 'auto' },
  table: {
    borderCollapse: 'collapse',
    width: '100%',
    fontSize: tokens.fontSizeBase200,
    lineHeight: '18px',
    fontVariantNumeric: 'tabular-nums',
    textAlign: 'left',
    '& th': { fontWeight: tokens.fontWeightSemibold, whiteSpace: 'nowrap' },
    '& th, & td': { padding: '0 8px 0 0', verticalAlign: 'top' },
  },
  empty: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3, padding: '8px 0' },
})

/** A query whose rows have event times; from the first picture on it keeps its place. */
export function hasEventTime({ info }: QueryView): boolean {
  return info.facts?.watermark != null
}

function usePlane({ eventTime, info }: QueryView, maxLines: number): EventTimePlane | null {
  return useMemo(
    () => planeOf(eventTime, { ...eventTimePlan(info), watermark: info.facts?.watermark ?? null }, maxLines),
    [eventTime, info, maxLines],
  )
}

/** The small picture of a card. */
export function EventTimeGlance(props: { view: QueryView; themeKey: string; onOpen: () => void }) {
  const { view, themeKey, onOpen } = props
  const styles = useStyles()
  const plane = usePlane(view, SMALL.maxLines)
  const heightPx = SMALL.maxLines * SMALL.linePx + 26 + 24
  return (
    <div style={{ minHeight: heightPx }}>
      <div className={styles.head}>
        <span>Event time</span>
        <Button
          size="small"
          appearance="subtle"
          icon={<ArrowMaximizeRegular />}
          aria-label={`Event time of ${view.info.title}`}
          onClick={onOpen}
        />
      </div>
      {plane === null ? (
        <div className={styles.empty}>Event times are drawn here, a line a batch.</div>
      ) : (
        <EventTimeChart {...SMALL} title={view.info.title} plane={plane} showsWords={false} themeKey={themeKey} />
      )}
    </div>
  )
}

/** The large one, with its windows as a table. */
export function EventTimeView({ view, themeKey }: { view: QueryView; themeKey: string }) {
  const styles = useStyles()
  const plane = usePlane(view, LARGE.maxLines)
  if (plane === null) return <div className={styles.empty}>No row of {view.info.title} has had an event time yet.</div>
  return (
    <div className={styles.view}>
      <div>
        <EventTimeChart {...LARGE} title={view.info.title} plane={plane} showsWords themeKey={themeKey} />
        <Legend plane={plane} />
      </div>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={`Windows of ${view.info.title}`}>
        {plane.windows.length === 0 ? (
          <div className={styles.empty}>This query does not group by a window.</div>
        ) : (
          <WindowTable plane={plane} outputMode={view.info.outputMode} />
        )}
      </div>
    </div>
  )
}

const MARK_NAMES: Record<MarkKind, string> = {
  onTime: 'on time',
  behind: 'behind the watermark, still counted',
  late: 'too late: left out',
}

function Legend({ plane: { numBefore, numAfter } }: { plane: EventTimePlane }) {
  const styles = useStyles()
  return (
    <div className={styles.legend}>
      {(Object.keys(MARK_NAMES) as MarkKind[]).map((kind) => (
        <span key={kind}>
          <span className={styles.sample} style={{ backgroundColor: `var(${MARK_TOKENS[kind]})` }} aria-hidden />
          {MARK_NAMES[kind]}
        </span>
      ))}
      <span>
        <span className={styles.step} aria-hidden />
        watermark
      </span>
      {numBefore > 0 && <span>◂ {plural(numBefore, 'row')} earlier</span>}
      {numAfter > 0 && <span>{plural(numAfter, 'row')} later ▸</span>}
    </div>
  )
}

/** The picture in words, for those who cannot see it and those who want the numbers. */
function WindowTable({ plane, outputMode }: { plane: EventTimePlane; outputMode: string }) {
  const styles = useStyles()
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Window</th>
          <th scope="col">Rows</th>
          <th scope="col">Too late</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {[...plane.windows].reverse().map((window) => (
          <tr key={window.startMs}>
            <td>
              {formatClock(window.startMs)}–{formatClock(window.endMs)}
            </td>
            <td>{formatCount(window.numRows)}</td>
            <td>{formatCount(window.numLateRows)}</td>
            <td>{closingText(window, outputMode)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
