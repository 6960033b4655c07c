import { produce } from 'immer'
import type { Draft } from 'immer'
import { create } from 'zustand'
import type { ClockState } from '../../protocol/clock/session-clock'
import type { CellId } from '../../protocol/ids'
import type { HubInfo, ProducerPreset } from '../../protocol/workers/broker'
import type { FileEntry, ResumableQuery, StorageReport, TableInfo } from '../../protocol/workers/engine'
import { EMPTY_MONITORING } from '../../monitoring/model/monitoring'
import type { MonitoringState } from '../../monitoring/model/monitoring'
import { NEW_ORIGIN } from '../../notebook/formats/ipynb'
import type { IpynbOrigin } from '../../notebook/formats/ipynb'
import { openHistory } from '../../notebook/model/history'
import type { History } from '../../notebook/model/history'
import type { RunAll } from '../../notebook/model/run-order'
import type { CellRun } from '../../notebook/model/types'
import type { TableGrid } from '../../explorer/model/grid'
import type { Question } from '../actions/confirm'
import type { Capability } from '../capability'
import type { OfflineState } from '../offline/precache'

/** Below this width explorer and streams lie over the notebook, and start closed. */
export const NARROW_PX = 1000
const startsNarrow = typeof window !== 'undefined' && window.innerWidth < NARROW_PX

export type ThemeName = 'light' | 'dark' | 'contrast'

export type NotebookSlice = {
  readonly history: History
  readonly runs: Readonly<Record<string, CellRun>>
  readonly path: string | null
  readonly title: string
  readonly origin: IpynbOrigin
  readonly selected: CellId | null
  readonly mode: 'command' | 'edit'
  /** Raised to ask the page to put the focus on `focusTarget` and to bring it into view. */
  readonly focusRequest: number
  /** Null when the mouse chose the selected cell: one that moved under it would lose the click. */
  readonly focusTarget: CellId | null
  readonly saved: 'saved' | 'saving' | 'unsaved' | 'failed'
  readonly savedAtMs: number | null
}

export type Sleep = { readonly untilMs: number; readonly durationMs: number }
export type Waiting = { readonly query: string }
export type PythonBoot = {
  readonly phase: 'off' | 'download' | 'start' | 'packages' | 'ready' | 'failed'
  readonly fraction: number | null
  readonly message: string | null
}

export type SessionSlice = {
  readonly capability: Capability | null
  readonly engine: 'starting' | 'ready' | 'failed'
  readonly engineError: string | null
  readonly isReadOnly: boolean
  readonly isPersistent: boolean
  readonly compatibility: 'workshop' | 'strict'
  readonly python: PythonBoot
  readonly runningCell: CellId | null
  readonly runningSinceMs: number | null
  /** Cells that run beside Python. */
  readonly running: { readonly sql: CellId | null; readonly typescript: CellId | null }
  readonly queue: readonly CellId[]
  readonly executionCount: number
  readonly runAll: RunAll | null
  /** By cell: a cell of each lane may sleep or wait at the same time. */
  readonly sleeping: Readonly<Record<string, Sleep | null>>
  readonly waiting: Readonly<Record<string, Waiting | null>>
  readonly clock: ClockState | null
  readonly runningAtSpeed: number | null
  /** A lesson's clock stands at its start until the first query starts. */
  readonly isHeldForFirstQuery: boolean
  readonly resumable: readonly ResumableQuery[]
  readonly reloadedAtMs: number
  readonly storage: StorageReport | null
  readonly numNotebooks: number
  /** What of this build the cache holds; null where no service worker serves the page. */
  readonly offline: OfflineState | null
  /** A newer build waits for the learner's Update. */
  readonly isUpdateReady: boolean
  /** What is said after the tab slept; null once closed. */
  readonly sleptText: string | null
  readonly isDiskFull: boolean
}

export type ExplorerSlice = {
  readonly tables: readonly TableInfo[]
  readonly hubs: readonly HubInfo[]
  readonly presets: readonly ProducerPreset[]
  readonly notebooks: readonly FileEntry[]
  /** Folder path to its entries, as far as opened. */
  readonly folders: Readonly<Record<string, readonly FileEntry[]>>
  readonly preview: {
    readonly title: string
    readonly detail: string
    readonly grid: TableGrid | null
    readonly text: string | null
    readonly error: string | null
    /** A file of a checkpoint: what it says, and whether it can be changed as text (B22). */
    readonly checkpoint?: { readonly path: string; readonly sentence: string | null; readonly isText: boolean }
  } | null
}

export type Message = {
  readonly id: number
  readonly intent: 'info' | 'success' | 'warning' | 'error'
  readonly text: string
  readonly action?: MessageAction
}

export type MessageAction = { readonly label: string; readonly run: () => void }

export type ViewSlice = {
  readonly theme: ThemeName
  readonly isPaletteOpen: boolean
  readonly isShortcutsOpen: boolean
  readonly isNoticesOpen: boolean
  readonly isExplorerOpen: boolean
  readonly isStreamsOpen: boolean
  readonly messages: readonly Message[]
  /** The query whose next micro-batch Step runs. */
  readonly selectedQuery: string | null
  /** The query whose event time is drawn under the panes. */
  readonly eventTimeQuery: string | null
  readonly isDifferencesOpen: boolean
  /** Asked before something is deleted. */
  readonly question: Question | null
  /** The Start over dialog: what goes, and the author's text if there is one. */
  readonly startOver: { readonly going: readonly string[]; readonly authorsText: string | null } | null
}

export type AppState = {
  readonly notebook: NotebookSlice
  readonly monitoring: MonitoringState
  readonly explorer: ExplorerSlice
  readonly session: SessionSlice
  readonly view: ViewSlice
}

export const useApp = create<AppState>(() => ({
  notebook: {
    history: openHistory({ cells: [], metadata: {} }),
    runs: {},
    path: null,
    title: '',
    origin: NEW_ORIGIN,
    selected: null,
    mode: 'command',
    focusRequest: 0,
    focusTarget: null,
    saved: 'saved',
    savedAtMs: null,
  },
  monitoring: EMPTY_MONITORING,
  explorer: { tables: [], hubs: [], presets: [], notebooks: [], folders: {}, preview: null },
  session: {
    capability: null,
    engine: 'starting',
    engineError: null,
    isReadOnly: false,
    isPersistent: true,
    compatibility: 'workshop',
    python: { phase: 'off', fraction: null, message: null },
    runningCell: null,
    runningSinceMs: null,
    running: { sql: null, typescript: null },
    queue: [],
    executionCount: 0,
    runAll: null,
    sleeping: {},
    waiting: {},
    clock: null,
    runningAtSpeed: null,
    isHeldForFirstQuery: false,
    resumable: [],
    reloadedAtMs: Date.now(),
    storage: null,
    numNotebooks: 0,
    offline: null,
    isUpdateReady: false,
    sleptText: null,
    isDiskFull: false,
  },
  view: {
    theme: 'light',
    isPaletteOpen: false,
    isShortcutsOpen: false,
    isNoticesOpen: false,
    isExplorerOpen: !startsNarrow,
    isStreamsOpen: !startsNarrow,
    messages: [],
    selectedQuery: null,
    eventTimeQuery: null,
    isDifferencesOpen: false,
    question: null,
    startOver: null,
  },
}))

/** Changes one slice by a recipe on a draft of it. */
export function change<Key extends keyof AppState>(key: Key, recipe: (draft: Draft<AppState[Key]>) => void): void {
  useApp.setState((state) => ({ [key]: produce(state[key], recipe) }))
}

export function getApp(): AppState {
  return useApp.getState()
}

let nextMessage = 1

/** A line at the foot of the page that goes away by itself (errors stay until closed). */
export function tell(intent: Message['intent'], text: string, action?: MessageAction): void {
  const id = nextMessage++
  change('view', (view) => {
    view.messages = [...view.messages.slice(-3), { id, intent, text, ...(action === undefined ? {} : { action }) }]
  })
  // Something to press needs more time than something to read.
  if (intent !== 'error') setTimeout(() => dismissMessage(id), action === undefined ? 6000 : 15_000)
}

export function dismissMessage(id: number): void {
  change('view', (view) => {
    view.messages = view.messages.filter((message) => message.id !== id)
  })
}

/** A sentence from anything thrown. */
export function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
