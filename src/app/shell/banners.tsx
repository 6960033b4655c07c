import {
  Button,
  Checkbox,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  tokens,
} from '@fluentui/react-components'
import { InfoRegular } from '@fluentui/react-icons'
import { useEffect, useRef } from 'react'
import type { ResumableQuery } from '../../protocol/workers/engine'
import { formatBytes, formatWallTime } from '../../ui/format'
import { exportTable } from '../actions/disk'
import { dropTable } from '../actions/explorer-actions'
import { wasDiscarded } from '../awake/awake'
import { exportNotebook, saveNow } from '../actions/persistence'
import { rememberAutoResume, resumesByItself } from '../actions/remembered'
import { runAll } from '../actions/run-actions'
import { leaveResumable, resumeStreams } from '../actions/stream-actions'
import { runCommand } from '../commands'
import { update } from '../offline/front-door'
import { change, tell, textOf, useApp } from '../state/store'
import { moveHere } from '../tabs'

const useStyles = makeStyles({
  bars: { display: 'flex', flexDirection: 'column', flexShrink: 0 },
  bar: { borderRadius: 0, minHeight: '36px' },
  aside: { fontSize: tokens.fontSizeBase200, whiteSpace: 'nowrap' },
  resume: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '2px 8px',
    padding: '2px 12px',
    minHeight: '36px',
    fontSize: tokens.fontSizeBase200,
    backgroundColor: tokens.colorBrandBackground2,
    color: tokens.colorNeutralForeground1,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    '& label': { fontSize: tokens.fontSizeBase200, padding: '4px' },
  },
  icon: { fontSize: '18px', flexShrink: 0, color: tokens.colorBrandForeground1 },
  text: { flexShrink: 1, minWidth: 0 },
})

/** Bars between clock and notebook: what this window cannot do, what a reload stopped. */
export function Banners() {
  const styles = useStyles()
  const bars = useApp(({ session }) => session.capability?.bars) ?? []
  const engineError = useApp(({ session }) => session.engineError)
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  return (
    <div className={styles.bars}>
      {bars.map((bar) => (
        <MessageBar key={bar.id} intent={bar.intent} className={styles.bar} politeness="assertive">
          <MessageBarBody>{bar.text}</MessageBarBody>
          {bar.id === 'frame' && (
            <MessageBarActions>
              <Button
                size="small"
                appearance="primary"
                onClick={() => window.open(location.href, '_blank', 'noopener')}
              >
                Open
              </Button>
            </MessageBarActions>
          )}
          {bar.id !== 'frame' && (
            <MessageBarActions>
              {bar.id === 'memory' && (
                <Button size="small" onClick={exportNotebook}>
                  Download .ipynb
                </Button>
              )}
              <Button size="small" onClick={() => runCommand('check')}>
                Check this laptop
              </Button>
            </MessageBarActions>
          )}
        </MessageBar>
      ))}
      {engineError !== null && (
        <MessageBar intent="error" className={styles.bar} politeness="assertive">
          <MessageBarBody>{engineError}</MessageBarBody>
          <MessageBarActions>
            <Button size="small" onClick={() => location.reload()}>
              Reload
            </Button>
          </MessageBarActions>
        </MessageBar>
      )}
      {isReadOnly && (
        <MessageBar intent="warning" className={styles.bar}>
          <MessageBarBody>Runnel already runs in another tab of this browser. This tab only shows.</MessageBarBody>
          <MessageBarActions>
            <Button
              size="small"
              appearance="primary"
              onClick={() => void moveHere().catch((thrown: unknown) => tell('error', textOf(thrown)))}
            >
              Move here
            </Button>
            <span className={styles.aside}>
              (Python variables of the other tab are lost; streams pause between batches and continue here)
            </span>
          </MessageBarActions>
        </MessageBar>
      )}
      <UpdateBar />
      <SleptBar />
      <DiskBar />
      <ResumeBanner />
    </div>
  )
}

/** The tab slept, was frozen or discarded (B04): what that did to the streams. */
function SleptBar() {
  const styles = useStyles()
  const text = useApp(({ session }) => session.sleptText)
  if (text === null) return null
  return (
    <MessageBar intent="info" className={styles.bar}>
      <MessageBarBody>{text}</MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={() => change('session', (session) => void (session.sleptText = null))}>
          Close
        </Button>
      </MessageBarActions>
    </MessageBar>
  )
}

/** Full disk: what is largest, and two ways out (B20). */
function DiskBar() {
  const styles = useStyles()
  const isFull = useApp(({ session }) => session.isDiskFull)
  const storage = useApp(({ session }) => session.storage)
  const tables = useApp(({ explorer }) => explorer.tables)
  if (!isFull) return null
  const largest = storage?.largest.find(({ label }) => tables.some(({ name }) => name === label))
  const numbers =
    storage === null
      ? ''
      : ` (${formatBytes(storage.usedBytes)}${storage.quotaBytes === null ? '' : ` of ${formatBytes(storage.quotaBytes)}`})`
  return (
    <MessageBar intent="error" className={styles.bar} politeness="assertive">
      <MessageBarBody>
        No space left{numbers}. Everything committed is still readable, and your notebook can still be saved.
        {largest === undefined ? '' : ' Largest: '}
        {largest !== undefined && <em>{largest.label}</em>}
        {largest === undefined ? '' : ` ${formatBytes(largest.sizeBytes)}.`}
      </MessageBarBody>
      <MessageBarActions>
        {largest !== undefined && (
          <>
            <Button size="small" onClick={() => void dropTable(largest.label)}>
              Delete
            </Button>
            <Button size="small" onClick={() => void exportTable(largest.label)}>
              Export
            </Button>
          </>
        )}
      </MessageBarActions>
    </MessageBar>
  )
}

/** A newer build waits; it comes only when the learner says so (B05). */
function UpdateBar() {
  const styles = useStyles()
  const isReady = useApp(({ session }) => session.isUpdateReady)
  if (!isReady) return null
  return (
    <MessageBar intent="info" className={styles.bar}>
      <MessageBarBody>A newer Runnel is here. Update loads the page again, as a reload does.</MessageBarBody>
      <MessageBarActions>
        <Button size="small" appearance="primary" onClick={() => void saveNow().then(update)}>
          Update
        </Button>
        <Button size="small" onClick={() => change('session', (session) => void (session.isUpdateReady = false))}>
          Later
        </Button>
      </MessageBarActions>
    </MessageBar>
  )
}

/** Reload = driver restart, said so (B03). */
function ResumeBanner() {
  const styles = useStyles()
  const resumable = useApp(({ session }) => session.resumable)
  const reloadedAtMs = useApp(({ session }) => session.reloadedAtMs)
  const cells = useApp(({ notebook }) => notebook.history.document.cells)
  const button = useRef<HTMLButtonElement>(null)
  const ready = resumable.filter((query) => query.needs === null && query.missingSecrets.length === 0)
  const isShown = resumable.length > 0
  useEffect(() => {
    if (isShown) button.current?.focus()
  }, [isShown])
  if (!isShown) return null
  return (
    <div className={styles.resume} role="alert">
      <InfoRegular className={styles.icon} />
      <span className={styles.text}>
        {resumeText(resumable, reloadedAtMs, wasDiscarded())}
        {resumable
          .filter((query) => query.needs !== null)
          .map((query) => ` ${query.title} needs ${placeOf(query, cells)} (${query.needs}).`)}
        {resumable
          .filter((query) => query.missingSecrets.length > 0)
          .map((query) => ` ${query.title} needs its key again: run its cells.`)}
      </span>
      {ready.length > 0 && (
        <Button ref={button} size="small" appearance="primary" onClick={() => void resumeStreams()}>
          Resume {ready.length} {ready.length === 1 ? 'stream' : 'streams'}
        </Button>
      )}
      <Button size="small" onClick={() => void runAll()}>
        Run all
      </Button>
      <Button size="small" appearance="subtle" onClick={() => void leaveResumable()}>
        Leave
      </Button>
      <Checkbox
        size="medium"
        label="Resume by itself next time"
        defaultChecked={resumesByItself()}
        onChange={(_event, data) => rememberAutoResume(data.checked === true)}
      />
    </div>
  )
}

function placeOf(query: ResumableQuery, cells: readonly { readonly id: string }[]): string {
  const at = cells.findIndex((cell) => cell.id === query.cell)
  return at === -1 ? 'its cell' : `cell ${at + 1}`
}

/** The exact words of B03. */
export function resumeText(resumable: readonly ResumableQuery[], reloadedAtMs: number, isDiscarded = false): string {
  const batches = resumable.map((query) => query.lastBatchId).filter((batch) => batch !== null)
  const streams = `${resumable.length} ${resumable.length === 1 ? 'stream' : 'streams'}`
  const after = batches.length === 0 ? ' before a first batch' : ` after batch ${batches.join(', ')}`
  const what = isDiscarded ? 'The browser put this tab away and loaded it again' : 'The page was reloaded'
  return `${what} at ${formatWallTime(reloadedAtMs)}. Python and temp views start empty; ${streams} stopped${after}. Nothing is lost.`
}
