import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { memo, useDeferredValue, useMemo, useState } from 'react'
import { activeQueries, isActive } from '../../monitoring/model/monitoring'
import type { QueryView } from '../../monitoring/model/monitoring'
import { ConsolePane } from '../../monitoring/ui/console-pane'
import { QueryCard } from '../../monitoring/ui/query-card'
import type { QueryId } from '../../protocol/ids'
import type { Notice } from '../../protocol/workers/engine'
import { Region } from '../../ui/region'
import {
  auditAfterNextBatch,
  auditDelivery,
  copyText,
  downloadConsole,
  hubOf,
  injectLate,
  isPreview,
  showEventTime,
} from '../actions/insight-actions'
import { restartFromScratch } from '../actions/start-over'
import { closeCard, crash, recover, selectQuery, stopAllStreams, stopQuery } from '../actions/stream-actions'
import { useApp } from '../state/store'
import { ArrivalWarning, WhyEmpty } from './query-joints'

const useStyles = makeStyles({
  region: {
    height: '100%',
    display: 'flex',
    flexDirection: 'column',
    minHeight: 0,
    backgroundColor: tokens.colorNeutralBackground2,
  },
  head: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    height: '34px',
    padding: '0 10px',
    flexShrink: 0,
  },
  title: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
  cards: {
    flexGrow: 1,
    overflowY: 'auto',
    padding: '0 10px 10px',
    display: 'flex',
    flexDirection: 'column',
    gap: '8px',
    scrollbarGutter: 'stable',
  },
  ghost: {
    border: `1px dashed ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
    padding: '16px 12px',
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
  },
  note: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3 },
})

export function StreamsRegion() {
  const styles = useStyles()
  const order = useApp(({ monitoring }) => monitoring.order)
  const numActive = useApp(({ monitoring }) => activeQueries(monitoring).length)
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  return (
    <Region label="Streams" className={styles.region}>
      <div className={styles.head}>
        <h2 className={styles.title}>Streams</h2>
        {numActive > 0 && !isReadOnly && (
          <Button size="small" onClick={() => void stopAllStreams()}>
            Stop all streams ({numActive})
          </Button>
        )}
      </div>
      <div className={styles.cards}>
        {order.length === 0 && (
          <div className={styles.ghost}>
            No stream yet. Run a cell that ends in <code>.start()</code> or <code>.toTable()</code>.
          </div>
        )}
        {order.map((id) => (
          <Card key={id} id={id} />
        ))}
        {order.length > 0 && <div className={styles.note}>Durations are real (a small cluster: 0.3-3 s).</div>}
      </div>
    </Region>
  )
}

/** A card is drawn again when its own query tells something, and behind what the learner types. */
function Card({ id }: { id: QueryId }) {
  const view = useApp(({ monitoring }) => monitoring.queries[id] as QueryView | undefined)
  const calm = useDeferredValue(view)
  return calm === undefined ? null : <CalmCard view={calm} />
}

const CalmCard = memo(function CalmCard({ view }: { view: QueryView }) {
  const { info } = view
  const { id } = info
  const theme = useApp(({ view: page }) => page.theme)
  const isSelected = useApp(({ view: page }) => page.selectedQuery === id)
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  const hasCell = useApp(({ notebook }) => notebook.history.document.cells.some((cell) => cell.id === info.cell))
  const badge = useApp(({ monitoring }) => badgeOf(monitoring.notices, info))
  const hub = hubOf(view)
  const watermark = info.facts?.watermark ?? null
  const arrivalColumn = watermark?.origin === 'arrival' ? watermark.column : null
  const [asks, setAsks] = useState(false)
  const console = hasCell ? view.earlierConsole : view.console
  const consoleLabel = hasCell ? `Console of the run before of ${info.title}` : `Console of ${info.title}`
  const isRunning = isActive(info)
  const isOwnPreview = isPreview(view)
  // The same functions as long as they do the same: the menus of a card are not drawn with every batch.
  const actions = useMemo(
    () => ({
      onSelect: () => selectQuery(isSelected ? null : id),
      onStop: () => void stopQuery(id),
      onCrash: (at: Parameters<typeof crash>[1]) => void crash(id, at),
      onRecover: () => void recover(id).then(() => (hub === null ? undefined : auditAfterNextBatch(id))),
      onInjectLate:
        hub === null || !isRunning ? null : () => (arrivalColumn === null ? void injectLate(hub) : setAsks(true)),
      onAudit: hub === null ? null : () => void auditDelivery(id),
      onEventTime: () => showEventTime(id),
      onScratch: isOwnPreview ? null : () => void restartFromScratch(id),
    }),
    [id, isSelected, hub, isRunning, arrivalColumn, isOwnPreview],
  )
  return (
    <QueryCard
      {...actions}
      view={view}
      isSelected={isSelected}
      themeKey={theme}
      isReadOnly={isReadOnly}
      badge={badge}
      onClose={() => closeCard(id)}
      onCopy={copyText}
      console={
        console.shown.length > 0 && (
          <ConsolePane label={consoleLabel} console={console} onDownload={() => downloadConsole(info.title, console)} />
        )
      }
    >
      <WhyEmpty view={view} isInCard />
      {arrivalColumn !== null && asks && hub !== null && (
        <ArrivalWarning column={arrivalColumn} onSend={() => void injectLate(hub)} onDone={() => setAsks(false)} />
      )}
    </QueryCard>
  )
})

/** Leniencies that change results; the others only change what is accepted. */
const CHANGES_RESULTS = /distinct/

function badgeOf(notices: readonly Notice[], info: QueryView['info']): string | null {
  const own = notices.filter(({ leniency, cell, query }) => {
    const isOfQuery = query === info.id || (info.cell !== null && cell === info.cell)
    return leniency !== null && CHANGES_RESULTS.test(leniency) && isOfQuery
  })
  return own.length === 0 ? null : own.map((notice) => notice.message).join(' ')
}
