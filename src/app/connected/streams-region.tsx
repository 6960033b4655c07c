import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { activeQueries } from '../../monitoring/model/monitoring'
import { QueryCard } from '../../monitoring/ui/query-card'
import { Region } from '../../ui/region'
import { closeCard, crash, recover, selectQuery, stopAllStreams, stopQuery } from '../actions/stream-actions'
import { useApp } from '../state/store'

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
  const monitoring = useApp((state) => state.monitoring)
  const theme = useApp(({ view }) => view.theme)
  const chosen = useApp(({ view }) => view.selectedQuery)
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  const active = activeQueries(monitoring)
  return (
    <Region label="Streams" className={styles.region}>
      <div className={styles.head}>
        <h2 className={styles.title}>Streams</h2>
        {active.length > 0 && !isReadOnly && (
          <Button size="small" onClick={() => void stopAllStreams()}>
            Stop all streams ({active.length})
          </Button>
        )}
      </div>
      <div className={styles.cards}>
        {monitoring.order.length === 0 && (
          <div className={styles.ghost}>
            No stream yet. Run a cell that ends in <code>.start()</code> or <code>.toTable()</code>.
          </div>
        )}
        {monitoring.order.map((id) => (
          <QueryCard
            key={id}
            view={monitoring.queries[id]}
            isSelected={chosen === id}
            themeKey={theme}
            isReadOnly={isReadOnly}
            onSelect={() => selectQuery(chosen === id ? null : id)}
            onStop={() => void stopQuery(id)}
            onCrash={(at) => void crash(id, at)}
            onRecover={() => void recover(id)}
            onClose={() => closeCard(id)}
          />
        ))}
        {monitoring.order.length > 0 && (
          <div className={styles.note}>Durations are real (a small cluster: 0.3-3 s).</div>
        )}
      </div>
    </Region>
  )
}
