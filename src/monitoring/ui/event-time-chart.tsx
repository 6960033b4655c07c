import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import { useEffect, useRef } from 'react'
import { markDirty, registerChart } from '../../ui/chart-hub'
import { formatClock, formatCount, plural } from '../../ui/format'
import type { EventTimePlane } from '../model/event-time-plane'
import { drawEventTime } from './draw-event-time'
import type { ChartBox } from './draw-event-time'

export type EventTimeChartProps = {
  readonly title: string
  readonly plane: EventTimePlane
  /** Lines there is room for. */
  readonly maxLines: number
  readonly linePx: number
  /** Room for the batch number on the left of each line. */
  readonly gutterPx: number
  /** Windows are wide enough for words. */
  readonly showsWords: boolean
  /** Changes when colours change. */
  readonly themeKey: string
}

const AXIS_PX = 16

const useStyles = makeStyles({
  figure: { margin: 0, minWidth: 0 },
  windows: { position: 'relative', overflow: 'hidden' },
  window: {
    position: 'absolute',
    top: 0,
    bottom: 0,
    boxSizing: 'border-box',
    border: `1px dashed ${tokens.colorBrandStroke1}`,
    borderRadius: tokens.borderRadiusSmall,
    fontSize: tokens.fontSizeBase100,
    lineHeight: '14px',
    textAlign: 'center',
    overflow: 'hidden',
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorNeutralForeground1,
  },
  closed: {
    border: `1px solid ${tokens.colorNeutralStrokeAccessible}`,
    backgroundColor: tokens.colorNeutralBackground5,
  },
})

/**
 * Event time from left to right, a line a batch, newest on top; the stepped line is the watermark. Dots are drawn, windows are elements,
 * so that tests and screen readers find them.
 */
export function EventTimeChart(props: EventTimeChartProps) {
  const { title, plane, maxLines, linePx, gutterPx, showsWords, themeKey } = props
  const styles = useStyles()
  const canvas = useRef<HTMLCanvasElement>(null)
  const latest = useRef(plane)
  const heightPx = maxLines * linePx + AXIS_PX
  useEffect(() => {
    latest.current = plane
    if (canvas.current) markDirty(canvas.current)
  }, [plane])
  useEffect(() => {
    const element = canvas.current
    if (element === null) return
    const box: ChartBox = { linePx, gutterPx, axisPx: AXIS_PX, heightPx }
    const unregister = registerChart(element, () => drawEventTime(element, latest.current, box))
    const resize = new ResizeObserver(() => markDirty(element))
    resize.observe(element)
    return () => {
      resize.disconnect()
      unregister()
    }
  }, [linePx, gutterPx, heightPx, themeKey])
  const spanMs = plane.toMs - plane.fromMs
  const percent = (ms: number) => `${(100 * (ms - plane.fromMs)) / spanMs}%`
  return (
    <figure className={styles.figure}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={summaryOf(title, plane)}
        style={{ width: '100%', height: heightPx, display: 'block' }}
      />
      <div className={styles.windows} style={{ marginLeft: gutterPx, height: showsWords ? 32 : 8 }} aria-hidden>
        {plane.windows.map(({ startMs, endMs, isClosed, closedInBatch, numRows, numLateRows }) => (
          <div
            key={startMs}
            className={mergeClasses(styles.window, isClosed && styles.closed)}
            style={{ left: percent(startMs), width: `calc(${(100 * (endMs - startMs)) / spanMs}% - 2px)` }}
          >
            {showsWords && (
              <>
                {numRows === 0 ? `${formatCount(numLateRows)} late` : plural(numRows, 'row')}
                <br />
                {!isClosed ? 'open' : closedInBatch === null || numRows === 0 ? 'closed' : `batch ${closedInBatch}`}
              </>
            )}
          </div>
        ))}
      </div>
    </figure>
  )
}

function summaryOf(title: string, { lines, watermarkMs, windows }: EventTimePlane): string {
  const numLate = lines.reduce(
    (sum, { marks }) => sum + marks.reduce((late, mark) => late + (mark.kind === 'late' ? mark.numRows : 0), 0),
    0,
  )
  const open = windows.filter(({ isClosed }) => !isClosed).length
  return [
    `Event time of ${title}`,
    watermarkMs === 0 ? 'no watermark yet' : `watermark ${formatClock(watermarkMs)}`,
    `${plural(numLate, 'row')} left out as late in ${lines.length === 1 ? 'the last batch' : `the last ${lines.length} batches`}`,
    ...(windows.length === 0 ? [] : [`${plural(open, 'window')} open`]),
  ].join(', ')
}
