import { Button, makeStyles, tokens } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { activeQueries } from '../../monitoring/model/monitoring'
import { runAllSummary } from '../../notebook/model/run-order'
import { applyFix } from '../actions/notebook-actions'
import { copyAsText, exportNotebook } from '../actions/persistence'
import { continueRunAll, dismissRunAll } from '../actions/run-actions'
import { useApp } from '../state/store'

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '2px 8px',
    minHeight: '32px',
    padding: '2px 12px',
    fontSize: tokens.fontSizeBase200,
    backgroundColor: tokens.colorNeutralBackground3,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    '& span, & button': { whiteSpace: 'nowrap' },
  },
  text: { fontWeight: tokens.fontWeightSemibold, fontVariantNumeric: 'tabular-nums' },
  push: { marginLeft: 'auto' },
})

/** How Run all goes, where it stopped and how to go on (B14). */
export function RunAllBar() {
  const styles = useStyles()
  const run = useApp(({ session }) => session.runAll)
  const cells = useApp(({ notebook }) => notebook.history.document.cells)
  const runs = useApp(({ notebook }) => notebook.runs)
  const numStreams = useApp(({ monitoring }) => activeQueries(monitoring).length)
  if (run === null) return null
  const numberOf = (id: string | undefined) => cells.findIndex((cell) => cell.id === id) + 1
  const fix = run.stoppedAt === null ? undefined : runs[run.stoppedAt]?.error?.fix
  return (
    <div className={styles.bar} role="status">
      {run.state === 'running' && (
        <span className={styles.text}>{`Run all: cell ${numberOf(run.queue[0])} of ${cells.length}`}</span>
      )}
      {run.state === 'done' && (
        <>
          <span className={styles.text}>{runAllSummary(run, numStreams)}</span>
          <span>Take your work with you:</span>
          <Button size="small" onClick={exportNotebook}>
            Download .ipynb
          </Button>
          <Button size="small" onClick={() => void copyAsText()}>
            Copy as text
          </Button>
        </>
      )}
      {run.state === 'stopped' && (
        <>
          <span className={styles.text}>Stopped at cell {numberOf(run.stoppedAt ?? undefined)}.</span>
          {fix !== undefined && (
            <Button
              size="small"
              appearance="primary"
              onClick={() => {
                if (run.stoppedAt !== null && applyFix(run.stoppedAt, fix)) continueRunAll(false)
              }}
            >
              Apply fix and go on
            </Button>
          )}
          <Button size="small" onClick={() => continueRunAll(true)}>
            Skip
          </Button>
          <Button size="small" onClick={dismissRunAll}>
            Stop
          </Button>
        </>
      )}
      {run.state === 'done' && (
        <Button
          className={styles.push}
          size="small"
          appearance="subtle"
          icon={<DismissRegular />}
          aria-label="Close the Run all line"
          onClick={dismissRunAll}
        />
      )}
    </div>
  )
}
