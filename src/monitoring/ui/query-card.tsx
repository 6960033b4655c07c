import {
  Button,
  Menu,
  MenuButton,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  mergeClasses,
  shorthands,
  tokens,
} from '@fluentui/react-components'
import { CopyRegular, DismissRegular } from '@fluentui/react-icons'
import { memo, useState } from 'react'
import type { ReactNode } from 'react'
import type { AfterStep } from '../../protocol/workers/engine'
import type { StreamingQueryProgress } from '../../protocol/workers/progress'
import { fullMessage } from '../../protocol/errors/runnel-error'
import { JsonTree } from '../../ui/json-tree'
import { runLine } from '../model/card-lines'
import { isActive } from '../model/monitoring'
import type { QueryView } from '../model/monitoring'
import { AuditNumbers, WatermarkNumbers } from './card-numbers'
import { HubChips, readsHub } from './hub-chips'
import { EventTimeGlance, hasEventTime } from './event-time-view'
import { QueryCharts } from './query-charts'

/** B21: where a batch can be cut, in the words of the menu. */
export const CRASH_POINTS: readonly { readonly at: AfterStep | 'now'; readonly name: string }[] = [
  { at: 'trigger', name: 'before offsets' },
  { at: 'offsets', name: 'after offsets' },
  { at: 'publish', name: 'after sink write' },
  { at: 'commit', name: 'after commit' },
  { at: 'now', name: 'kill the worker now' },
]

export type QueryCardProps = {
  readonly view: QueryView
  readonly isSelected: boolean
  readonly themeKey: string
  readonly isReadOnly: boolean
  readonly onSelect: () => void
  readonly onStop: () => void
  readonly onCrash: (at: AfterStep | 'now') => void
  readonly onRecover: () => void
  readonly onClose: () => void
  readonly onCopy: (text: string) => void
  /** Null where no late events can be sent: the query reads no in-browser hub. */
  readonly onInjectLate: (() => void) | null
  readonly onAudit: (() => void) | null
  readonly onScratch: (() => void) | null
  readonly onEventTime: () => void
  /** Leniency notices of the query: its results are not what a cluster computes (B09). */
  readonly badge: string | null
  /** Sentences of the card: why it is empty, what changed. */
  readonly children?: ReactNode
  /** Console text that has no cell to stand under. */
  readonly console?: ReactNode
}

const useStyles = makeStyles({
  card: {
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
    padding: '8px 10px',
    display: 'flex',
    flexDirection: 'column',
    gap: '4px',
  },
  selected: shorthands.borderColor(tokens.colorBrandStroke1),
  head: { display: 'flex', alignItems: 'center', gap: '6px', minWidth: 0 },
  title: {
    fontFamily: 'inherit',
    fontWeight: tokens.fontWeightSemibold,
    fontSize: tokens.fontSizeBase300,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    border: 'none',
    background: 'none',
    color: 'inherit',
    padding: 0,
    cursor: 'pointer',
    textAlign: 'left',
    flexGrow: 1,
  },
  dot: {
    width: '8px',
    height: '8px',
    borderRadius: '50%',
    flexShrink: 0,
    backgroundColor: tokens.colorNeutralForeground3,
  },
  running: { backgroundColor: tokens.colorPaletteGreenForeground3 },
  failed: { backgroundColor: tokens.colorPaletteRedForeground3 },
  detail: {
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
    fontVariantNumeric: 'tabular-nums',
    minHeight: '16px',
  },
  actions: { display: 'flex', gap: '6px', flexWrap: 'wrap' },
  chips: { display: 'flex', gap: '6px', flexWrap: 'wrap', minHeight: '20px' },
  badge: {
    fontSize: tokens.fontSizeBase200,
    lineHeight: '18px',
    padding: '0 8px',
    borderRadius: tokens.borderRadiusCircular,
    border: `1px solid ${tokens.colorPaletteMarigoldBorder2}`,
    color: tokens.colorNeutralForeground1,
  },
  change: { fontSize: tokens.fontSizeBase200, overflowWrap: 'anywhere' },
  error: { borderLeft: `3px solid ${tokens.colorPaletteRedBorder2}`, paddingLeft: '8px' },
  errorLine: {
    fontSize: '16px',
    lineHeight: '20px',
    color: tokens.colorPaletteRedForeground1,
    overflowWrap: 'anywhere',
    maxHeight: '80px',
    overflowY: 'auto',
  },
  hint: { fontSize: tokens.fontSizeBase200, overflowWrap: 'anywhere' },
  summary: { cursor: 'pointer', fontSize: tokens.fontSizeBase200 },
  progress: { maxHeight: '240px', overflowY: 'auto' },
})

export function QueryCard(props: QueryCardProps) {
  const styles = useStyles()
  const { view, isSelected, isReadOnly } = props
  const { info } = view
  const active = isActive(info)
  return (
    <article
      className={mergeClasses(styles.card, isSelected && styles.selected)}
      aria-label={`Stream ${info.title}`}
      data-query={info.id}
    >
      <div className={styles.head}>
        <span
          className={mergeClasses(
            styles.dot,
            active && styles.running,
            (info.state === 'failed' || view.crashedAt !== null) && !active && styles.failed,
          )}
          aria-hidden
        />
        <button
          type="button"
          className={styles.title}
          aria-pressed={isSelected}
          onClick={props.onSelect}
          title={`${info.title} (${info.id})`}
        >
          {info.title}
        </button>
        {!active && (
          <Button
            size="small"
            appearance="subtle"
            icon={<DismissRegular />}
            aria-label={`Close card ${info.title}`}
            onClick={props.onClose}
          />
        )}
      </div>
      <div className={styles.detail}>{detailOf(view)}</div>
      {(readsHub(info.sources) || props.badge !== null) && (
        <div className={styles.chips}>
          <HubChips sources={info.sources} />
          {props.badge !== null && (
            <span className={styles.badge} title={props.badge}>
              not as on a cluster
            </span>
          )}
        </div>
      )}
      {info.planChange != null && <div className={styles.change}>{info.planChange.sentence}</div>}
      {info.error !== null && !active && <CardError view={view} onCopy={props.onCopy} />}
      {props.children}
      <AuditNumbers view={view} />
      <WatermarkNumbers view={view} />
      {hasEventTime(view) && <EventTimeGlance view={view} themeKey={props.themeKey} onOpen={props.onEventTime} />}
      <QueryCharts points={view.points} themeKey={props.themeKey} showsState={(info.facts?.stateful.length ?? 0) > 0} />
      {!isReadOnly && (
        <CardActions
          title={info.title}
          isRunning={active}
          isFinished={info.state === 'finished'}
          isSelected={isSelected}
          onStop={props.onStop}
          onCrash={props.onCrash}
          onRecover={props.onRecover}
          onSelect={props.onSelect}
          onAudit={props.onAudit}
          onInjectLate={props.onInjectLate}
          onScratch={props.onScratch}
        />
      )}
      {props.console}
      {view.lastProgress !== null && <LastProgress progress={view.lastProgress} />}
    </article>
  )
}

/** The tree is drawn while it is open: it changes with every batch. */
function LastProgress({ progress }: { progress: StreamingQueryProgress }) {
  const styles = useStyles()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className={styles.summary}>lastProgress</summary>
      <div className={styles.progress}>{isOpen && <JsonTree value={progress} />}</div>
    </details>
  )
}

function CardError({ view: { info }, onCopy }: { view: QueryView; onCopy: (text: string) => void }) {
  const styles = useStyles()
  if (info.error === null) return null
  const message = fullMessage(info.error)
  const all = [message, info.error.hint, info.error.cause === undefined ? null : fullMessage(info.error.cause)]
  return (
    <div className={styles.error} role="alert">
      <div className={styles.errorLine} tabIndex={0}>
        {message}
      </div>
      {info.error.hint && <div className={styles.hint}>{info.error.hint}</div>}
      <Button
        size="small"
        appearance="subtle"
        icon={<CopyRegular />}
        aria-label={`Copy error of ${info.title}`}
        onClick={() => onCopy(all.filter((text) => text !== null).join('\n\n'))}
      >
        Copy error
      </Button>
    </div>
  )
}

type CardActionsProps = Pick<
  QueryCardProps,
  'isSelected' | 'onStop' | 'onCrash' | 'onRecover' | 'onSelect' | 'onAudit' | 'onInjectLate' | 'onScratch'
> & { readonly title: string; readonly isRunning: boolean; readonly isFinished: boolean }

/** Drawn when something in it changes, not with every batch: menus are dear. */
const CardActions = memo(function CardActions(props: CardActionsProps) {
  const styles = useStyles()
  const { title } = props
  return (
    <div className={styles.actions}>
      {props.isRunning ? (
        <>
          <Button size="small" onClick={props.onStop}>
            Stop stream
          </Button>
          <CrashMenu title={title} onCrash={props.onCrash} />
        </>
      ) : (
        !props.isFinished && (
          <Button size="small" appearance="primary" onClick={props.onRecover}>
            Recover
          </Button>
        )
      )}
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <MenuButton size="small" appearance="subtle" aria-label={`More for ${title}`}>
            More
          </MenuButton>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {props.onAudit !== null && <MenuItem onClick={props.onAudit}>Count sent and written</MenuItem>}
            {props.onInjectLate !== null && <MenuItem onClick={props.onInjectLate}>Inject late events (20)</MenuItem>}
            {props.onScratch !== null && <MenuItem onClick={props.onScratch}>Restart stream from scratch</MenuItem>}
            <MenuItem onClick={props.onSelect}>
              {props.isSelected ? 'Do not select for Step' : 'Select for Step'}
            </MenuItem>
          </MenuList>
        </MenuPopover>
      </Menu>
    </div>
  )
})

function CrashMenu({ title, onCrash }: { title: string; onCrash: (at: AfterStep | 'now') => void }) {
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <MenuButton size="small" aria-label={`Crash ${title}`}>
          Crash
        </MenuButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {CRASH_POINTS.map(({ at, name }) => (
            <MenuItem key={at} onClick={() => onCrash(at)}>
              {name}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}

/** "running · batch 12 · run 2" or "stopped after batch 12". */
function detailOf(view: QueryView): string {
  const { info, crashedAt } = view
  const batch = info.lastBatchId
  const line = runLine(view)
  const run = line === null ? '' : ` · ${line}`
  if (isActive(info)) {
    const crashing =
      crashedAt !== null ? ` · crashes ${CRASH_POINTS.find((point) => point.at === crashedAt)?.name ?? ''}` : ''
    return `${info.state} · ${batch === null ? 'no batch yet' : `batch ${batch}`}${run}${crashing}`
  }
  const after = batch === null ? ' before its first batch' : ` after batch ${batch}`
  if (crashedAt !== null) return `crashed ${CRASH_POINTS.find((point) => point.at === crashedAt)?.name ?? ''}${run}`
  const goesOn = info.state === 'stopped' && batch !== null ? `; restart continues at ${batch + 1}` : ''
  return `${info.state}${info.state === 'finished' ? '' : after}${goesOn}${run}`
}
