import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import type { HubInfo, ProducerPreset } from '../../protocol/workers/broker'
import { formatCount, plural } from '../../ui/format'
import { Sparkline } from '../../ui/sparkline'
import { ProducerForm } from './producer-form'
import type { ProducerChoice } from './producer-form'

export type HubsPanelProps = {
  readonly hubs: readonly HubInfo[]
  readonly presets: readonly ProducerPreset[]
  readonly isReadOnly: boolean
  readonly onStart: (hub: string, choice: ProducerChoice) => void
  readonly onStop: (hub: string) => void
}

const useStyles = makeStyles({
  empty: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200, padding: '2px 8px 8px' },
  hub: { padding: '2px 8px 8px', display: 'flex', flexDirection: 'column', gap: '2px' },
  head: {
    gap: '8px',
    display: 'flex',
    justifyContent: 'space-between',
    fontSize: tokens.fontSizeBase300,
  },
  name: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', minWidth: 0 },
  numbers: {
    whiteSpace: 'nowrap',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: 'tabular-nums',
  },
  // Begins at one place while it grows.
  sent: { minWidth: '82px' },
  producer: {
    display: 'flex',
    justifyContent: 'space-between',
    alignItems: 'center',
    fontSize: tokens.fontSizeBase200,
    minHeight: '26px',
  },
})

export function HubsPanel({ hubs, presets, isReadOnly, onStart, onStop }: HubsPanelProps) {
  const styles = useStyles()
  if (hubs.length === 0) return <div className={styles.empty}>A hub is made when a cell first names it.</div>
  return hubs.map((hub) => {
    const perSecond = hub.arrivals.at(-1) ?? 0
    return (
      <div key={hub.name} className={styles.hub} role="group" aria-label={`Hub ${hub.name}`}>
        <div className={styles.head}>
          <span className={styles.name} title={hub.name}>
            {hub.name}
          </span>
          <span className={mergeClasses(styles.numbers, styles.sent)}>{`${formatCount(hub.numSent)} sent`}</span>
        </div>
        <Sparkline
          values={hub.arrivals}
          width={190}
          height={28}
          label={`Arrivals of ${hub.name}: ${formatCount(perSecond)} in the last second`}
        />
        <div className={styles.numbers}>
          {`${plural(hub.partitions.length, 'partition')} · ${formatCount(perSecond)}/s real`}
        </div>
        {hub.producer !== null ? (
          <div className={styles.producer}>
            <span title={`seed ${hub.producer.seed}`}>
              {hub.producer.preset} · {hub.producer.eventsPerSecond}/s
            </span>
            {!isReadOnly && (
              <Button size="small" aria-label={`Stop producer of ${hub.name}`} onClick={() => onStop(hub.name)}>
                Stop
              </Button>
            )}
          </div>
        ) : (
          !isReadOnly && (
            <ProducerForm hub={hub.name} presets={presets} onStart={(choice) => onStart(hub.name, choice)} />
          )
        )}
      </div>
    )
  })
}
