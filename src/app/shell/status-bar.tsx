import { Link, ProgressBar, makeStyles, tokens } from '@fluentui/react-components'
import { formatBytes, plural } from '../../ui/format'
import { runCommand } from '../commands'
import { useApp } from '../state/store'
import type { AppState } from '../state/store'

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    alignItems: 'center',
    gap: '12px',
    height: '24px',
    flexShrink: 0,
    padding: '0 12px',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
    backgroundColor: tokens.colorNeutralBackground3,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    whiteSpace: 'nowrap',
    overflow: 'hidden',
    fontVariantNumeric: 'tabular-nums',
  },
  progress: { width: '80px' },
  link: { fontSize: tokens.fontSizeBase200 },
  push: { marginLeft: 'auto' },
})

export function StatusBar() {
  const styles = useStyles()
  const storage = useApp(storageText)
  const engine = useApp(({ session }) =>
    session.engine === 'starting' ? 'Engine starts…' : session.engine === 'failed' ? 'Engine stopped' : '',
  )
  const mode = useApp(({ session }) => session.compatibility)
  const place = useApp(({ notebook }) => {
    const { cells } = notebook.history.document
    const at = cells.findIndex((cell) => cell.id === notebook.selected)
    return at === -1 ? '' : `Cell ${at + 1} of ${cells.length}`
  })
  return (
    <footer className={styles.bar}>
      <span>Spark 4.x semantics · ANSI on · UTC · {mode} mode</span>
      {engine !== '' && <span>{engine}</span>}
      <PythonProgress />
      <span className={styles.push}>{place}</span>
      <span>{storage}</span>
    </footer>
  )
}

/** The download and start of Python, while they last: never an invisible wait. */
function PythonProgress() {
  const styles = useStyles()
  const { phase, fraction, message } = useApp(({ session }) => session.python)
  if (phase === 'off' || phase === 'ready') return null
  if (phase === 'failed')
    return (
      <>
        <span role="alert">Python did not start: {message}</span>
        <Link as="button" className={styles.link} onClick={() => runCommand('restart')}>
          Try again
        </Link>
      </>
    )
  const words = { download: 'Python: downloading', start: 'Python: starting', packages: 'Python: loading packages' }[
    phase
  ]
  return (
    <>
      <span>
        {words}
        {fraction === null ? '…' : ` ${Math.round(fraction * 100)} %`}
      </span>
      <ProgressBar className={styles.progress} value={fraction ?? undefined} aria-label="Python start" />
    </>
  )
}

/** "Saved in this browser · 3 notebooks · 18 MB" (B20). */
function storageText({ session }: AppState): string {
  if (session.capability?.storage === 'memory') return 'In memory only: nothing is saved'
  if (session.storage === null) return ''
  const parts = [
    'Saved in this browser',
    plural(session.numNotebooks, 'notebook'),
    formatBytes(session.storage.usedBytes),
  ]
  if (!session.storage.isPersisted) parts.push('may be cleared by the browser')
  return parts.join(' · ')
}
