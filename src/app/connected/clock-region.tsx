import { ClockBar } from '../../teaching/ui/clock-bar'
import { activeQueries } from '../../monitoring/model/monitoring'
import { clockCommand, step, togglePause } from '../actions/stream-actions'
import { useApp } from '../state/store'
import { nowMs } from './cell-slot'

export function ClockRegion() {
  const clock = useApp(({ session }) => session.clock)
  const isHeld = useApp(({ session }) => session.isHeldForFirstQuery)
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  const runningAtSpeed = useApp(({ session }) => session.runningAtSpeed)
  const hasQuery = useApp(({ monitoring }) => activeQueries(monitoring).length > 0)
  return (
    <ClockBar
      now={nowMs}
      isReady={clock !== null && !isReadOnly}
      isPaused={clock?.paused ?? false}
      isHeld={isHeld}
      speed={clock?.speed ?? 1}
      runningAtSpeed={runningAtSpeed}
      hasQuery={hasQuery}
      onTogglePause={() => void togglePause()}
      onStep={() => void step()}
      onSkip={() => void clockCommand({ kind: 'skip' })}
      onSpeed={(speed) => void clockCommand({ kind: 'speed', speed })}
    />
  )
}
