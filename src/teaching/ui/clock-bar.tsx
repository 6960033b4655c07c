import { Button, ToggleButton, makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import { ArrowStepOverRegular, FastForwardRegular, PauseFilled, PlayFilled } from '@fluentui/react-icons'
import { Hint } from '../../ui/hint'
import { Region } from '../../ui/region'
import { formatClock } from '../../ui/format'
import { useTicker } from '../../ui/use-ticker'

export const SPEEDS = [1, 10, 20, 60] as const

export type ClockBarProps = {
  /** Session time in epoch milliseconds, read on each tick. */
  readonly now: () => number
  readonly isReady: boolean
  readonly isPaused: boolean
  /** A lesson's clock that waits for the first query. */
  readonly isHeld: boolean
  readonly speed: number
  /** The speed that is reached while batches take longer than the clock would give them. */
  readonly runningAtSpeed: number | null
  readonly hasQuery: boolean
  readonly onTogglePause: () => void
  readonly onStep: () => void
  readonly onSkip: () => void
  readonly onSpeed: (speed: number) => void
}

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    alignItems: 'center',
    gap: '6px',
    height: '38px',
    flexShrink: 0,
    padding: '0 12px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground2,
    whiteSpace: 'nowrap',
    overflow: 'hidden',
    // At 150 % zoom every control stays whole; only the note gives way.
    '& button': { flexShrink: 0 },
    '@media (max-width: 1000px)': { gap: '4px', padding: '0 8px' },
  },
  paused: {
    backgroundImage: `repeating-linear-gradient(135deg, transparent 0 8px, ${tokens.colorNeutralBackground4} 8px 10px)`,
  },
  label: {
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightSemibold,
    letterSpacing: '0.04em',
    color: tokens.colorNeutralForeground2,
  },
  time: {
    fontVariantNumeric: 'tabular-nums',
    fontSize: tokens.fontSizeBase500,
    fontWeight: tokens.fontWeightSemibold,
    minWidth: '92px',
    '@media (max-width: 1000px)': { fontSize: tokens.fontSizeBase400, minWidth: '70px' },
  },
  zone: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground2, minWidth: '44px' },
  gap: {
    width: '1px',
    height: '20px',
    backgroundColor: tokens.colorNeutralStroke2,
    margin: '0 4px',
    '@media (max-width: 1000px)': { display: 'none' },
  },
  speeds: { flexShrink: 0 },
  speed: {
    minWidth: '44px',
    fontVariantNumeric: 'tabular-nums',
    '@media (max-width: 1000px)': { minWidth: '34px', padding: '0 4px' },
  },
  fixed: { flexShrink: 0 },
  note: {
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    backgroundColor: tokens.colorNeutralBackground2,
    padding: '0 6px',
  },
})

/** Stream time: what triggers, producers and Python's clocks follow (B01). */
export function ClockBar(props: ClockBarProps) {
  const styles = useStyles()
  useTicker(props.isReady ? (props.speed > 1 ? 100 : 250) : null)
  const time = props.isReady ? formatClock(props.now()) : '--:--:--'
  return (
    <Region label="Stream time" className={mergeClasses(styles.bar, props.isPaused && styles.paused)}>
      <span className={mergeClasses(styles.label, styles.fixed)}>STREAM TIME</span>
      <span className={mergeClasses(styles.time, styles.fixed)} role="timer" aria-live="off">
        {time}
      </span>
      <span className={mergeClasses(styles.zone, styles.fixed)}>UTC · x{props.speed}</span>
      <span className={styles.gap} />
      <Hint content={props.isPaused ? 'Go on (Alt+P)' : 'Hold stream time (Alt+P)'} relationship="description">
        <Button
          size="small"
          disabled={!props.isReady}
          icon={props.isPaused ? <PlayFilled /> : <PauseFilled />}
          onClick={props.onTogglePause}
          style={{ minWidth: 88 }}
        >
          {props.isPaused ? 'Go on' : 'Pause'}
        </Button>
      </Hint>
      <Hint content="Run exactly one micro-batch of the selected stream (Alt+.)" relationship="description">
        <Button
          size="small"
          disabled={!props.isReady || !props.hasQuery}
          icon={<ArrowStepOverRegular />}
          onClick={props.onStep}
        >
          Step
        </Button>
      </Hint>
      <Hint content="Move stream time to the next due trigger" relationship="description">
        <Button
          size="small"
          disabled={!props.isReady || !props.hasQuery}
          icon={<FastForwardRegular />}
          onClick={props.onSkip}
        >
          Skip to next trigger
        </Button>
      </Hint>
      <span className={styles.gap} />
      <div role="group" aria-label="Speed" className={styles.speeds}>
        {SPEEDS.map((speed) => (
          <ToggleButton
            key={speed}
            size="small"
            appearance="subtle"
            className={styles.speed}
            disabled={!props.isReady}
            checked={props.speed === speed}
            onClick={() => props.onSpeed(speed)}
          >
            x{speed}
          </ToggleButton>
        ))}
      </div>
      <span className={styles.note}>{noteOf(props)}</span>
    </Region>
  )
}

function noteOf({ isHeld, isPaused, speed, runningAtSpeed }: ClockBarProps): string {
  if (isHeld) return 'Starts with your first stream'
  if (isPaused) return 'PAUSED: streams and producers hold'
  if (runningAtSpeed !== null && runningAtSpeed < speed * 0.95)
    return runningAtSpeed < 0.05
      ? `x${speed}, waiting for a batch`
      : `x${speed}, running at x${runningAtSpeed < 10 ? runningAtSpeed.toFixed(1) : Math.round(runningAtSpeed)}`
  return ''
}
