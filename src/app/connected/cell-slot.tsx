import { Button, makeStyles, tokens } from '@fluentui/react-components'
import type { CellId } from '../../protocol/ids'
import { useShallow } from 'zustand/react/shallow'
import { runLine } from '../../monitoring/model/card-lines'
import { isActive } from '../../monitoring/model/monitoring'
import type { QueryView } from '../../monitoring/model/monitoring'
import { ConsolePane } from '../../monitoring/ui/console-pane'
import { EmptyHubStrip } from '../../monitoring/ui/empty-hub-strip'
import { HubChips } from '../../monitoring/ui/hub-chips'
import { FlowStrip } from '../../monitoring/ui/flow-strip'
import { NoticeLine } from '../../monitoring/ui/notice-line'
import { formatMinutes } from '../../ui/format'
import { useTicker } from '../../ui/use-ticker'
import { downloadConsole, isPreview } from '../actions/insight-actions'
import { emptyHubsOf, isOwnHub, sendMyOwn, sendsItself, startProducer } from '../actions/lesson-actions'
import { applyNotice } from '../actions/notice-actions'
import { withConversion } from '../actions/teaching-actions'
import { clockCommand, stopQuery } from '../actions/stream-actions'
import { interrupt } from '../actions/run-actions'
import { runtimeOrNull } from '../actions/runtime-holder'
import { useApp } from '../state/store'
import { EarlierRuns, PreviewUnderCell, WhyEmpty } from './query-joints'

const useStyles = makeStyles({
  slot: { display: 'flex', flexDirection: 'column', gap: '4px' },
  line: {
    display: 'flex',
    alignItems: 'center',
    gap: '8px',
    minHeight: '26px',
    padding: '0 8px',
    fontSize: tokens.fontSizeBase200,
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorNeutralForeground2,
  },
  chips: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '2px 8px',
    minHeight: '24px',
    padding: '0 8px',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
})

/** Presets by the words of the strip: "Send sample clicks". */
const SAMPLES = [
  { id: 'workshop', name: 'clicks' },
  { id: 'transactions', name: 'transactions' },
]

export const nowMs = () => runtimeOrNull()?.nowMs() ?? 0

/** What `monitoring` shows under a cell of the notebook: the two folders do not know each other. */
export function CellSlot({ cell }: { cell: CellId }) {
  const styles = useStyles()
  const queries = useApp(
    useShallow(({ monitoring }) =>
      monitoring.order.map((id) => monitoring.queries[id]).filter((view) => view.info.cell === cell),
    ),
  )
  const notices = useApp(useShallow(({ monitoring }) => monitoring.notices.filter((notice) => notice.cell === cell)))
  return (
    <div className={styles.slot}>
      <BusyLine cell={cell} />
      <SleepLine cell={cell} />
      <WaitLine cell={cell} />
      {queries.map((view) =>
        isPreview(view) ? (
          <PreviewUnderCell key={view.info.id} view={view} />
        ) : (
          <QueryUnderCell key={view.info.id} view={view} />
        ),
      )}
      <EarlierRuns cell={cell} />
      <NoticeLine notices={notices.map(withConversion)} onApply={applyNotice} />
    </div>
  )
}

function QueryUnderCell({ view }: { view: QueryView }) {
  const hubs = useApp(({ explorer }) => explorer.hubs)
  const presets = useApp(({ explorer }) => explorer.presets)
  const styles = useStyles()
  const { info } = view
  const run = runLine(view)
  const empty = isActive(info) ? emptyHubsOf(info.id, hubs).filter((hub) => !isOwnHub(hub)) : []
  const code = useApp(({ notebook }) => notebook.history.document.cells)
  const offers = SAMPLES.filter((sample) => presets.some((preset) => preset.id === sample.id))
  const hasOwnProducer = empty.length > 0 && code.some((cell) => cell.kind === 'code' && sendsItself(cell.source))
  return (
    <>
      <FlowStrip title={info.title} flow={view.flow} isRunning={isActive(info)} now={nowMs} />
      <div className={styles.chips}>
        <HubChips sources={info.sources} />
        {run !== null && <span>{run}</span>}
        {info.planChange != null && <span>{info.planChange.sentence}</span>}
      </div>
      {empty.length === 0 && <WhyEmpty view={view} isInCard={false} />}
      {!hasOwnProducer &&
        empty.map((hub) => (
          <EmptyHubStrip
            key={hub}
            hub={hub}
            presets={offers}
            onSend={(preset) => void startProducer(hub, preset)}
            onOwn={() => sendMyOwn(hub)}
          />
        ))}
      {info.format === 'console' && (
        <ConsolePane
          label={`Console of ${info.title}`}
          console={view.console}
          onDownload={() => downloadConsole(info.title, view.console)}
        />
      )}
    </>
  )
}

const BUSY_MS = 10_000

/** A Python loop that never ends is said so (B14). */
function BusyLine({ cell }: { cell: CellId }) {
  const styles = useStyles()
  const sinceMs = useApp(({ session }) =>
    session.runningCell === cell && session.sleep === null && session.waiting === null ? session.runningSinceMs : null,
  )
  const number = useApp(
    ({ notebook }) => notebook.history.document.cells.findIndex((candidate) => candidate.id === cell) + 1,
  )
  useTicker(sinceMs === null ? null : 1000)
  if (sinceMs === null || Date.now() - sinceMs < BUSY_MS) return null
  return (
    <div className={styles.line} role="status">
      <span>Python is busy in cell {number}; streams go on.</span>
      <Button size="small" onClick={interrupt}>
        Interrupt
      </Button>
    </div>
  )
}

function SleepLine({ cell }: { cell: CellId }) {
  const styles = useStyles()
  const sleep = useApp(({ session }) => (session.sleep?.cell === cell ? session.sleep : null))
  useTicker(sleep === null ? null : 250)
  if (sleep === null) return null
  const slept = Math.max(0, Math.min(sleep.durationMs, sleep.durationMs - (sleep.untilMs - nowMs())))
  return (
    <div className={styles.line} role="status" aria-live="off">
      <span>
        Sleeping {formatMinutes(slept)} of {formatMinutes(sleep.durationMs)} in stream time · streams go on
      </span>
      <Button size="small" onClick={() => void clockCommand({ kind: 'skip' })}>
        Skip
      </Button>
    </div>
  )
}

function WaitLine({ cell }: { cell: CellId }) {
  const styles = useStyles()
  const waiting = useApp(({ session }) => (session.waiting?.cell === cell ? session.waiting : null))
  const view = useApp(({ monitoring }) =>
    Object.values(monitoring.queries).find(
      (query) => waiting !== null && (query.info.id === waiting.query || query.info.title === waiting.query),
    ),
  )
  if (waiting === null) return null
  const title = view?.info.title ?? (waiting.query === '' ? 'any stream' : waiting.query)
  const batch = view?.info.lastBatchId
  return (
    <div className={styles.line} role="status">
      <span>
        Waiting for <em>{title}</em>
        {batch === null || batch === undefined ? '' : ` (batch ${batch})`}. The cells below wait too.
      </span>
      <Button size="small" onClick={interrupt}>
        Stop waiting, keep the stream
      </Button>
      {view !== undefined && (
        <Button size="small" onClick={() => void stopQuery(view.info.id)}>
          Stop the stream
        </Button>
      )}
    </div>
  )
}
