import type { ReactNode } from 'react'
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components'
import { formatDuration, formatWallTime } from '../../ui/format'
import { useTicker } from '../../ui/use-ticker'
import type { CellRun } from '../model/types'

const useStyles = makeStyles({
  line: {
    display: 'flex',
    alignItems: 'center',
    gap: '8px',
    height: '20px',
    padding: '0 8px',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: 'tabular-nums',
    overflow: 'hidden',
    whiteSpace: 'nowrap',
  },
  ok: { color: tokens.colorPaletteGreenForeground1 },
  error: { color: tokens.colorPaletteRedForeground1 },
  running: { color: tokens.colorBrandForeground1 },
  push: { marginLeft: 'auto' },
})

export type StatusLineProps = {
  readonly run: CellRun
  /** The language's name, or what lets one change it. */
  readonly language: ReactNode
  /** Replaces the language, for example the fragment label or why the cell cannot run. */
  readonly remark: string | null
  /** Why a queued cell does not start yet. */
  readonly waitingFor: string | null
}

/** One line of fixed height under a code cell: state, duration, count, when. */
export function StatusLine({ run, language, remark, waitingFor }: StatusLineProps) {
  const styles = useStyles()
  useTicker(run.state === 'running' ? 500 : null)
  const { text, tone } = stateText(run, waitingFor)
  return (
    <div className={styles.line}>
      {text !== '' && <span className={mergeClasses(tone !== null && styles[tone])}>{text}</span>}
      {run.isFromBefore && run.endedAtMs !== null && <span>from {formatWallTime(run.endedAtMs)}</span>}
      {remark !== null && <span>{remark}</span>}
      <span className={styles.push}>{language}</span>
    </div>
  )
}

function stateText(run: CellRun, waitingFor: string | null): { text: string; tone: 'ok' | 'error' | 'running' | null } {
  const took = run.durationMs === null ? '' : ` ${formatDuration(run.durationMs)}`
  switch (run.state) {
    case 'queued':
      return { text: waitingFor ?? 'Queued', tone: 'running' }
    case 'running':
      return {
        text: `● Running ${formatDuration(Math.max(0, Date.now() - (run.startedAtMs ?? Date.now())))}`,
        tone: 'running',
      }
    case 'ok':
      return { text: `✓${took}`, tone: 'ok' }
    case 'error':
      return { text: `✗ Error${took === '' ? '' : ` after${took}`}`, tone: 'error' }
    case 'interrupted':
      return { text: `Interrupted${took === '' ? '' : ` after${took}`}`, tone: null }
    case 'idle':
      return { text: '', tone: null }
  }
}
