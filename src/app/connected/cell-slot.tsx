import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import { memo, useDeferredValue } from 'react'
import type { CellId } from '../../protocol/ids'
import { useShallow } from 'zustand/react/shallow'
import { runLine } from '../../monitoring/model/card-lines'
import { isActive } from '../../monitoring/model/monitoring'
import type { QueryView } from '../../monitoring/model/monitoring'
import { ConsolePane } from '../../monitoring/ui/console-pane'
import { EmptyHubStrip } from '../../monitoring/ui/empty-hub-strip'
import { HubChips } from '../../monitoring/ui/hub-chips'
import { FLOW_STRIP_PX, FlowStrip } from '../../monitoring/ui/flow-strip'
import { NoticeLine } from '../../monitoring/ui/notice-line'
import { languageOf } from '../../notebook/model/language'
import { formatMinutes } from '../../ui/format'
import { useTicker } from '../../ui/use-ticker'
import { downloadConsole, isPreview } from '../actions/insight-actions'
import { emptyHubsOf, isOwnHub, sendMyOwn, sendsItself, startProducer } from '../actions/lesson-actions'
import { applyNotice, applyNotices, shownNotices } from '../actions/notice-actions'
import { clockCommand, stopQuery } from '../actions/stream-actions'
import { endWait, interrupt } from '../actions/run-actions'
import { runtimeOrNull } from '../actions/runtime-holder'
import { useApp } from '../state/store'
import type { SessionSlice } from '../state/store'
import { EarlierRuns, PreviewUnderCell, WhyEmpty } from './query-joints'

const useStyles = makeStyles({
  // No box of its own: the strip sticks within the whole cell.
  slot: { display: 'contents', '& > *': { marginTop: '4px' } },
  // Over a long cell's code or output, so that what runs is seen with what is read.
  stuck: { position: 'sticky', zIndex: 1 },
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

/** Strips that may lie over a cell: more would hide the code. */
const MAX_STUCK = 3

/** Presets by the words of the strip: "Send sample clicks". */
const SAMPLES = [
  { id: 'workshop', name: 'clicks' },
  { id: 'transactions', name: 'transactions' },
]

export const nowMs = () => runtimeOrNull()?.nowMs() ?? 0

/** What `monitoring` shows under a cell of the notebook: the two folders do not know each other. */
export const CellSlot = memo(function CellSlot({ cell }: { cell: CellId }) {
  const styles = useStyles()
  const queries = useApp(
    useShallow(({ monitoring }) =>
      monitoring.order.map((id) => monitoring.queries[id]).filter((view) => view.info.cell === cell),
    ),
  )
  const notices = useApp(useShallow((state) => shownNotices(state).filter((notice) => notice.cell === cell)))
  const isSelected = useApp(({ notebook }) => notebook.selected === cell)
  const sticks = isSelected && queries.length <= MAX_STUCK
  return (
    <div className={styles.slot}>
      <BusyLine cell={cell} />
      <SleepLine cell={cell} />
      <WaitLine cell={cell} />
      {queries.map((view, index) =>
        isPreview(view) ? (
          <PreviewUnderCell key={view.info.id} view={view} />
        ) : (
          <CalmQuery
            key={view.info.id}
            view={view}
            stuckAtPx={sticks ? (queries.length - 1 - index) * FLOW_STRIP_PX : null}
          />
        ),
      )}
      <EarlierRuns cell={cell} />
      <NoticeLine notices={notices} onApply={applyNotice} onApplyAll={applyNotices} />
    </div>
  )
})

type UnderCellProps = {
  readonly view: QueryView
  /** The strip's place above the lower edge while its cell is longer than the view; null = it goes with the cell. */
  readonly stuckAtPx: number | null
}

/** Live numbers are drawn behind what the learner types. */
function CalmQuery({ view, stuckAtPx }: UnderCellProps) {
  return <QueryUnderCell view={useDeferredValue(view)} stuckAtPx={stuckAtPx} />
}

const QueryUnderCell = memo(function QueryUnderCell({ view, stuckAtPx }: UnderCellProps) {
  const hubs = useApp(({ explorer }) => explorer.hubs)
  const presets = useApp(({ explorer }) => explorer.presets)
  const styles = useStyles()
  const { info } = view
  const run = runLine(view)
  const empty = isActive(info) ? emptyHubsOf(info.id, hubs).filter((hub) => !isOwnHub(hub)) : []
  const offers = SAMPLES.filter((sample) => presets.some((preset) => preset.id === sample.id))
  const waits = useWaitForPython(view)
  const isEmpty = empty.length > 0
  const hasOwnProducer = useApp(
    ({ notebook }) =>
      isEmpty && notebook.history.document.cells.some((cell) => cell.kind === 'code' && sendsItself(cell.source)),
  )
  return (
    <>
      <div className={mergeClasses(stuckAtPx !== null && styles.stuck)} style={{ bottom: stuckAtPx ?? undefined }}>
        <FlowStrip title={info.title} flow={view.flow} isRunning={isActive(info)} now={nowMs} />
      </div>
      <div className={styles.chips}>
        <HubChips sources={info.sources} />
        {run !== null && <span>{run}</span>}
        {waits !== null && <span>{waits}</span>}
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
})

const BUSY_MS = 10_000
/** A callback that waits no longer than this is not worth a word. */
const WAITS_MS = 2_000

/** It sleeps or waits: callbacks run meanwhile. */
function isResting({ sleeping, waiting }: SessionSlice, cell: CellId): boolean {
  return (sleeping[cell] ?? waiting[cell] ?? null) !== null
}

/** "batch 5 waits for Python (busy in cell 9)": a function of foreachBatch runs where the cells run (B14). */
function useWaitForPython({ info }: QueryView): string | null {
  const calls = isActive(info) && info.format === 'foreachBatch' && info.status.isTriggerActive
  const busyCell = useApp(({ session }) => {
    const { runningCell, runningSinceMs } = session
    if (!calls || runningCell === null || isResting(session, runningCell)) return null
    return runningSinceMs === null || Date.now() - runningSinceMs < WAITS_MS ? null : runningCell
  })
  return useApp(({ notebook }) => {
    const { cells } = notebook.history.document
    const own = cells.find((cell) => cell.id === info.cell)
    if (busyCell === null || (own !== undefined && languageOf(own) === 'typescript')) return null
    const number = cells.findIndex((cell) => cell.id === busyCell) + 1
    return `batch ${(info.lastBatchId ?? -1) + 1} waits for Python (busy in cell ${number})`
  })
}

/** A Python loop that never ends is said so (B14). */
function BusyLine({ cell }: { cell: CellId }) {
  const styles = useStyles()
  const sinceMs = useApp(({ session }) =>
    session.runningCell === cell && !isResting(session, cell) ? session.runningSinceMs : null,
  )
  const number = useApp(
    ({ notebook }) => notebook.history.document.cells.findIndex((candidate) => candidate.id === cell) + 1,
  )
  useTicker(sinceMs === null ? null : 1000)
  if (sinceMs === null || Date.now() - sinceMs < BUSY_MS) return null
  return (
    <div className={styles.line} role="status">
      <span>{`Python is busy in cell ${number}; SQL and TypeScript cells still run.`}</span>
      <Button size="small" onClick={interrupt}>
        Interrupt
      </Button>
    </div>
  )
}

function SleepLine({ cell }: { cell: CellId }) {
  const styles = useStyles()
  const sleep = useApp(({ session }) => session.sleeping[cell] ?? null)
  useTicker(sleep === null ? null : 250)
  if (sleep === null) return null
  const slept = Math.max(0, Math.min(sleep.durationMs, sleep.durationMs - (sleep.untilMs - nowMs())))
  return (
    <div className={styles.line} role="status" aria-live="off">
      <span>
        Sleeping {formatMinutes(slept)} of {formatMinutes(sleep.durationMs)} in stream time · streams go on
      </span>
      <Button size="small" onClick={() => void clockCommand({ kind: 'skipTo', sessionMs: sleep.untilMs })}>
        Skip
      </Button>
    </div>
  )
}

function WaitLine({ cell }: { cell: CellId }) {
  const styles = useStyles()
  const waiting = useApp(({ session }) => session.waiting[cell] ?? null)
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
      <Button size="small" onClick={() => endWait(cell)}>
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
