import type { CellKind, CodeLanguage } from '../notebook/model/types'
import * as clock from './actions/stream-actions'
import * as cells from './actions/notebook-actions'
import * as files from './actions/persistence'
import * as producers from './actions/lesson-actions'
import { LANES, runningIn } from './actions/lanes'
import * as run from './actions/run-actions'
import { switchCompatibility } from './actions/compatibility'
import { askToStartOver } from './actions/start-over'
import { rememberTheme } from './actions/remembered'
import { SHIPPED_NOTEBOOKS } from './shipped-notebooks'
import { change, getApp } from './state/store'
import type { ThemeName } from './state/store'
import { activeQueries } from '../monitoring/model/monitoring'

/** One list feeds ribbon, palette, shortcut sheet and keys, so that every control has a command and a name. */
export type Command = {
  readonly id: string
  readonly title: string
  /** tinykeys notation. */
  readonly keys?: readonly string[]
  /** `command`: only while a cell, not its text, has the keyboard. `global`: anywhere. */
  readonly where: 'global' | 'command'
  readonly isEnabled?: () => boolean
  readonly run: () => void | Promise<void>
}

const selected = () => getApp().notebook.selected
const withCell = (action: (id: NonNullable<ReturnType<typeof selected>>) => void) => () => {
  const id = selected()
  if (id !== null) action(id)
}
const canEdit = () => !getApp().session.isReadOnly
const canRun = () => {
  const { session } = getApp()
  return canEdit() && session.capability?.canRunPython === true && session.engine !== 'failed'
}
const toLanguage = (language: CodeLanguage) => withCell((id) => cells.setCellLanguage(id, language))
const toKind = (kind: CellKind) => withCell((id) => cells.setCellKind(id, kind))

export const COMMANDS: readonly Command[] = [
  { id: 'run-all', title: 'Run all', where: 'global', isEnabled: canRun, run: run.runAll },
  {
    id: 'run',
    title: 'Run cell',
    keys: ['$mod+Enter'],
    where: 'command',
    isEnabled: canRun,
    run: withCell(run.runCell),
  },
  {
    id: 'run-next',
    title: 'Run cell and select next',
    keys: ['Shift+Enter'],
    where: 'command',
    isEnabled: canRun,
    run: withCell(run.runAndSelectNext),
  },
  {
    id: 'run-insert',
    title: 'Run cell and insert below',
    keys: ['Alt+Enter'],
    where: 'command',
    isEnabled: canRun,
    run: withCell(run.runAndInsertBelow),
  },
  { id: 'run-above', title: 'Run cells above', where: 'global', isEnabled: canRun, run: withCell(run.runAbove) },
  {
    id: 'interrupt',
    title: 'Interrupt',
    keys: ['i i'],
    where: 'command',
    isEnabled: () => LANES.some((lane) => runningIn(lane) !== null),
    run: run.interrupt,
  },
  {
    id: 'restart',
    title: 'Restart session',
    keys: ['0 0'],
    where: 'command',
    isEnabled: canRun,
    run: run.restartSession,
  },
  {
    id: 'stop-all',
    title: 'Stop all streams',
    keys: ['Control+Shift+Period', 'Control+Shift+>'],
    where: 'global',
    isEnabled: () => activeQueries(getApp().monitoring).length > 0,
    run: clock.stopAllStreams,
  },
  {
    id: 'stop-producers',
    title: 'Stop producers',
    where: 'global',
    isEnabled: () => getApp().explorer.hubs.some((hub) => hub.producer !== null),
    run: producers.stopAllProducers,
  },
  {
    id: 'start-producers',
    title: 'Start the producers of this notebook',
    where: 'global',
    isEnabled: () => producers.currentLesson().hubs.length > 0,
    run: producers.startDeclaredProducers,
  },
  { id: 'pause', title: 'Pause or go on with stream time', keys: ['Alt+p'], where: 'global', run: clock.togglePause },
  { id: 'step', title: 'Step one micro-batch', keys: ['Alt+Period'], where: 'global', run: clock.step },
  { id: 'skip', title: 'Skip to next trigger', where: 'global', run: () => clock.clockCommand({ kind: 'skip' }) },
  {
    id: 'above',
    title: 'Insert cell above',
    keys: ['a'],
    where: 'command',
    isEnabled: canEdit,
    run: () => void cells.insertBeside('above'),
  },
  {
    id: 'below',
    title: 'Insert cell below',
    keys: ['b'],
    where: 'command',
    isEnabled: canEdit,
    run: () => void cells.insertBeside('below'),
  },
  {
    id: 'delete',
    title: 'Delete cell',
    keys: ['d d', 'Shift+d'],
    where: 'command',
    isEnabled: canEdit,
    run: withCell(cells.deleteCell),
  },
  {
    id: 'markdown',
    title: 'Change to Markdown',
    keys: ['m'],
    where: 'command',
    isEnabled: canEdit,
    run: toKind('markdown'),
  },
  { id: 'code', title: 'Change to code', keys: ['y'], where: 'command', isEnabled: canEdit, run: toKind('code') },
  {
    id: 'pyspark',
    title: 'Change to PySpark',
    keys: ['Control+Alt+1'],
    where: 'global',
    isEnabled: canEdit,
    run: toLanguage('pyspark'),
  },
  {
    id: 'sql',
    title: 'Change to Spark SQL',
    keys: ['Control+Alt+2'],
    where: 'global',
    isEnabled: canEdit,
    run: toLanguage('sql'),
  },
  {
    id: 'typescript',
    title: 'Change to TypeScript',
    keys: ['Control+Alt+3'],
    where: 'global',
    isEnabled: canEdit,
    run: toLanguage('typescript'),
  },
  {
    id: 'to-markdown',
    title: 'Change to Markdown (in the editor too)',
    keys: ['Control+Alt+4'],
    where: 'global',
    isEnabled: canEdit,
    run: toKind('markdown'),
  },
  {
    id: 'move-up',
    title: 'Move cell up',
    keys: ['Alt+ArrowUp'],
    where: 'command',
    isEnabled: canEdit,
    run: withCell((id) => cells.moveCell(id, -1)),
  },
  {
    id: 'move-down',
    title: 'Move cell down',
    keys: ['Alt+ArrowDown'],
    where: 'command',
    isEnabled: canEdit,
    run: withCell((id) => cells.moveCell(id, 1)),
  },
  {
    id: 'undo',
    title: 'Undo cell operation',
    keys: ['z'],
    where: 'command',
    isEnabled: () => getApp().notebook.history.undo.length > 0,
    run: cells.undoCell,
  },
  {
    id: 'redo',
    title: 'Redo cell operation',
    keys: ['Shift+z'],
    where: 'command',
    isEnabled: () => getApp().notebook.history.redo.length > 0,
    run: cells.redoCell,
  },
  { id: 'previous', title: 'Previous cell', keys: ['ArrowUp', 'k'], where: 'command', run: () => cells.selectBy(-1) },
  { id: 'next', title: 'Next cell', keys: ['ArrowDown', 'j'], where: 'command', run: () => cells.selectBy(1) },
  { id: 'first-cell', title: 'First cell', keys: ['$mod+Home'], where: 'command', run: () => cells.selectEnd('first') },
  { id: 'last-cell', title: 'Last cell', keys: ['$mod+End'], where: 'command', run: () => cells.selectEnd('last') },
  {
    id: 'edit',
    title: 'Edit cell',
    keys: ['Enter'],
    where: 'command',
    run: withCell((id) => cells.selectCell(id, 'edit')),
  },
  { id: 'save', title: 'Save', keys: ['$mod+s'], where: 'global', isEnabled: canEdit, run: files.saveNow },
  { id: 'export', title: 'Export .ipynb', where: 'global', run: files.exportNotebook },
  { id: 'copy-text', title: 'Copy notebook as text', where: 'global', run: files.copyAsText },
  { id: 'new', title: 'New notebook', where: 'global', isEnabled: canEdit, run: files.newNotebook },
  ...SHIPPED_NOTEBOOKS.map(({ name, title }): Command => {
    return {
      id: `open-${name}`,
      title: `Open the author's ${title}`,
      where: 'global',
      isEnabled: canEdit,
      run: () => files.openShippedAgain(name),
    }
  }),
  {
    id: 'compatibility',
    title: 'Switch between workshop and strict mode',
    where: 'global',
    isEnabled: canEdit,
    run: switchCompatibility,
  },
  {
    id: 'differences',
    title: 'What differs from a cluster',
    where: 'global',
    run: () => change('view', (view) => void (view.isDifferencesOpen = true)),
  },
  { id: 'start-over', title: 'Start over', where: 'global', isEnabled: canRun, run: askToStartOver },
  {
    id: 'check',
    title: 'Check this laptop',
    where: 'global',
    run: () => void window.open(new URL('#check', location.href), '_blank', 'noopener'),
  },
  { id: 'theme', title: 'Change theme: light, dark, high contrast', where: 'global', run: nextTheme },
  {
    id: 'explorer',
    title: 'Show or hide the explorer',
    where: 'global',
    run: () => change('view', (view) => void (view.isExplorerOpen = !view.isExplorerOpen)),
  },
  {
    id: 'streams',
    title: 'Show or hide streams',
    where: 'global',
    run: () => change('view', (view) => void (view.isStreamsOpen = !view.isStreamsOpen)),
  },
  {
    id: 'notices',
    title: 'Show notices',
    where: 'global',
    run: () => change('view', (view) => void (view.isNoticesOpen = !view.isNoticesOpen)),
  },
  {
    id: 'palette',
    title: 'Command palette',
    keys: ['F1', '$mod+Shift+P'],
    where: 'global',
    run: () => change('view', (view) => void (view.isPaletteOpen = true)),
  },
  {
    id: 'shortcuts',
    title: 'Keyboard shortcuts',
    keys: ['Shift+?', '?'],
    where: 'command',
    run: () => change('view', (view) => void (view.isShortcutsOpen = true)),
  },
  { id: 'next-region', title: 'Next region', keys: ['F6'], where: 'global', run: () => focusRegion(1) },
  { id: 'previous-region', title: 'Previous region', keys: ['Shift+F6'], where: 'global', run: () => focusRegion(-1) },
]

export function runCommand(id: string): void {
  const command = COMMANDS.find((candidate) => candidate.id === id)
  if (command !== undefined && command.isEnabled?.() !== false) void command.run()
}

function nextTheme(): void {
  const order: readonly ThemeName[] = ['light', 'dark', 'contrast']
  const theme = order[(order.indexOf(getApp().view.theme) + 1) % order.length]
  rememberTheme(theme)
  change('view', (view) => void (view.theme = theme))
}

/** F6: from region to region; in the notebook the selected cell takes the focus. */
function focusRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (region) => region.offsetParent !== null,
  )
  const at = regions.findIndex((region) => region.contains(document.activeElement))
  const next = regions[(at + step + regions.length) % regions.length]
  if (next === undefined) return
  const inside =
    next.querySelector<HTMLElement>('[data-cell][tabindex="0"]') ??
    next.querySelector<HTMLElement>('button:not([disabled]):not([tabindex="-1"]), [tabindex="0"]')
  ;(inside ?? next).focus()
}

/** "Ctrl+Enter" for people, from tinykeys' notation. */
export function keyText(keys: string): string {
  const isMac = /Mac/.test(navigator.platform)
  return keys
    .replace('$mod', isMac ? '⌘' : 'Ctrl')
    .replace('Control', 'Ctrl')
    .replace('Period', '.')
    .replace('Arrow', '')
    .replace(/^Shift\+\?$/, '?')
    .replace(/\b([a-z])\b/g, (letter) => letter.toUpperCase())
}
