import { useEffect, useMemo } from 'react'
import { batchText } from '../../monitoring/model/batch-text'
import type { QueryView } from '../../monitoring/model/monitoring'
import { activeQueries, isActive } from '../../monitoring/model/monitoring'
import { mayStayEmpty } from '../../monitoring/model/why-empty'
import { SentenceLine, WhyEmptyLine } from '../../monitoring/ui/query-line'
import { StreamPreview } from '../../monitoring/ui/stream-preview'
import { arrivalWarning } from '../../teaching/model/event-time-edit'
import type { CellId } from '../../protocol/ids'
import { useTicker } from '../../ui/use-ticker'
import { LATE_EVENTS, actOnEmpty, readPreview, reasonOf, useInsight } from '../actions/insight-actions'
import { takeBodyTime } from '../actions/teaching-actions'
import { stopQuery } from '../actions/stream-actions'
import { useApp } from '../state/store'

/** Why a query gives no rows; where it may come to that, the place tells what the last batch did, so that nothing moves. */
export function WhyEmpty({ view, isInCard }: { view: QueryView; isInCard: boolean }) {
  const hubs = useApp(({ explorer }) => explorer.hubs)
  const bodyFields = useInsight((insight) => insight.bodyFields)
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  const isRunning = isActive(view.info)
  useTicker(isRunning && view.totals.numOutputRows === 0 ? 1000 : null)
  const reason = reasonOf(view, hubs, bodyFields)
  if (reason !== null) {
    return (
      <WhyEmptyLine
        reason={reason}
        isReadOnly={isReadOnly}
        isInCard={isInCard}
        onAct={(action) => void actOnEmpty(action)}
      />
    )
  }
  if (!mayStayEmpty(view.info.facts) || !isRunning) return null
  return (
    <SentenceLine
      sentence={batchText(view) ?? 'No rows have come in yet.'}
      tone="plain"
      choices={[]}
      isInCard={isInCard}
    />
  )
}

/** Said before late events are sent into a query that cannot see that they are late (B07). */
export function ArrivalWarning({ column, onSend, onDone }: { column: string; onSend: () => void; onDone: () => void }) {
  const then = (action: () => void) => () => {
    action()
    onDone()
  }
  return (
    <SentenceLine
      sentence={arrivalWarning(column, LATE_EVENTS)}
      tone="warning"
      choices={[
        { name: 'Use eventTime from the body', onChoose: then(() => takeBodyTime(column)) },
        { name: `Send the ${LATE_EVENTS} events`, onChoose: then(onSend) },
        { name: 'Cancel', onChoose: onDone },
      ]}
      isInCard
    />
  )
}

/** An earlier run of the same cell that still goes, because it has no checkpoint of its own (B16). */
export function EarlierRuns({ cell }: { cell: CellId }) {
  const all = useApp(({ monitoring }) => monitoring)
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  const ofCell = activeQueries(all).filter((view) => view.info.cell === cell)
  const newest = ofCell.at(-1)
  return ofCell
    .filter((view) => view !== newest && view.info.name === null && view.info.title === newest?.info.title)
    .map(({ info }) => (
      <SentenceLine
        key={info.id}
        sentence={`An earlier run of this cell is still going (${info.lastBatchId === null ? 'no batch yet' : `batch ${info.lastBatchId}`}).`}
        tone="warning"
        choices={isReadOnly ? [] : [{ name: 'Stop it', onChoose: () => void stopQuery(info.id) }]}
      />
    ))
}

/** `display(stream)` under its cell (B15): rows are read once a second, when a batch has come. */
export function PreviewUnderCell({ view }: { view: QueryView }) {
  const { info, totals, lastProgress } = view
  const isRunning = isActive(info)
  const preview = useInsight(({ previews }) => previews[info.id])
  const second = useTicker(isRunning ? 1000 : null)
  // The newest on top, so that what has just come is in view; a complete result has an order of its own.
  const shown = preview?.grid.rows
  const rows = useMemo(
    () => (shown === undefined ? [] : info.outputMode === 'append' ? [...shown].reverse() : shown),
    [shown, info.outputMode],
  )
  const hasRows = totals.numOutputRows > 0
  // A batch between two seconds is shown with the next.
  useEffect(() => {
    if (hasRows || isRunning) void readPreview(info.id)
  }, [info.id, second, isRunning, hasRows])
  return (
    <StreamPreview
      title={info.title}
      isRunning={isRunning}
      columns={preview?.grid.columns ?? []}
      rows={rows}
      numRows={preview?.numRows ?? 0}
      rowsPerSecond={lastProgress?.inputRowsPerSecond ?? 0}
      error={isRunning || totals.numOutputRows === 0 ? null : (info.error?.message ?? null)}
      onStop={() => void stopQuery(info.id)}
    />
  )
}
