import { memo, useCallback, useMemo, useState } from 'react'
import type { ComponentProps, ReactNode } from 'react'
import type { CellId } from '../../protocol/ids'
import { errorPlace } from '../../notebook/model/error-place'
import { isFragment, FRAGMENT_LABEL } from '../../notebook/model/fragments'
import { missingSecrets, hasSecret } from '../../notebook/model/secrets'
import { languageOf } from '../../notebook/model/language'
import { IDLE_RUN } from '../../notebook/model/types'
import type { CellRun } from '../../notebook/model/types'
import { CellFrame } from '../../notebook/ui/cell-frame'
import { CellMenu } from '../../notebook/ui/cell-menu'
import { CellEditor } from '../../notebook/ui/editor/cell-editor'
import type { EditorKey } from '../../notebook/ui/editor/live-editor'
import { LanguagePicker } from '../../notebook/ui/language-picker'
import { MarkdownView } from '../../notebook/ui/markdown-view'
import { CellOutputs } from '../../notebook/ui/outputs/cell-outputs'
import { StatusLine } from '../../notebook/ui/status-line'
import { plural } from '../../ui/format'
import * as cells from '../actions/notebook-actions'
import { pastePage } from '../actions/paste-actions'
import * as run from '../actions/run-actions'
import { redact } from '../actions/persistence'
import { choicesOf } from '../actions/teaching-actions'
import { tell, useApp } from '../state/store'
import { CellSlot } from './cell-slot'

const MONACO_LANGUAGES = {
  pyspark: 'python',
  sql: 'sql',
  typescript: 'typescript',
  markdown: 'markdown',
  raw: 'plaintext',
} as const

/** One cell with its state. Everything below it is plain. */
export const ConnectedCell = memo(function ConnectedCell({ id, index }: { id: CellId; index: number }) {
  const cell = useApp(({ notebook }) => notebook.history.document.cells.find((candidate) => candidate.id === id))
  const cellRun = useApp(({ notebook }) => notebook.runs[id] ?? IDLE_RUN)
  const isSelected = useApp(({ notebook }) => notebook.selected === id)
  const isEditing = useApp(({ notebook }) => notebook.selected === id && notebook.mode === 'edit')
  const focusRequest = useApp(({ notebook }) =>
    notebook.selected === id && notebook.focusTarget === id ? notebook.focusRequest : null,
  )
  const theme = useApp(({ view }) => view.theme)
  const isReadOnly = useApp(({ session }) => session.isReadOnly)
  const disabledReason = useApp(({ session }) => session.capability?.pythonReason ?? null)
  const failed = cellRun.source === cell?.source ? cellRun.error : null
  const place = useMemo(() => errorPlace(cell?.source ?? '', failed), [cell?.source, failed])
  if (cell === undefined) return null
  const language = languageOf(cell)
  const isCode = cell.kind === 'code'
  const isRunning = cellRun.state === 'running'
  const showsText = cell.kind !== 'markdown' || isEditing
  return (
    <CellFrame
      id={id}
      number={index + 1}
      count={isCode ? countText(cellRun) : null}
      isSelected={isSelected}
      isEditing={isEditing}
      focusRequest={isEditing ? null : focusRequest}
      viewRequest={focusRequest}
      run={
        isCode
          ? {
              isRunning,
              disabledReason: isReadOnly ? 'Another tab runs this workspace.' : disabledReason,
              onRun: () => run.runCell(id),
              onStop: () => run.interruptCell(id),
            }
          : null
      }
      menu={!isReadOnly && <Menu id={id} number={index + 1} isCode={isCode} />}
      onSelect={() => cells.selectCell(id, 'command', false)}
    >
      {showsText ? (
        <CellEditor
          id={id}
          number={index + 1}
          source={cell.source}
          language={MONACO_LANGUAGES[language]}
          theme={theme}
          isLive={isEditing && !isReadOnly}
          isReadOnly={isReadOnly}
          errorPlace={place}
          focusRequest={isEditing ? focusRequest : null}
          onChange={(source) => cells.editSource(id, source)}
          onEdit={() => {
            if (!isEditing) cells.selectCell(id, 'edit')
          }}
          onKey={(key) => onEditorKey(id, key, isCode)}
          onPastePage={(text) => pastePage(text, id)}
          onCleaned={onCleaned}
        />
      ) : (
        <div onDoubleClick={() => cells.selectCell(id, 'edit')}>
          <MarkdownView source={cell.source} />
        </div>
      )}
      {isCode && (
        <>
          <CellStatus
            id={id}
            run={cellRun}
            language={
              <Language id={id} number={index + 1} language={language} isFixed={isReadOnly} isReachable={isSelected} />
            }
            remark={remarkOf(cell, disabledReason)}
          />
          <CellSlot cell={id} />
          <Outputs id={id} number={index + 1} run={cellRun} />
        </>
      )}
    </CellFrame>
  )
})

/** Menus are dear to draw: not with every key. */
const Menu = memo(function Menu({ id, number, isCode }: { id: CellId; number: number; isCode: boolean }) {
  return (
    <CellMenu
      number={number}
      isCode={isCode}
      onMove={(step) => cells.moveCell(id, step)}
      onDelete={() => cells.deleteCell(id)}
      onKind={(kind) => cells.setCellKind(id, kind)}
      onEdit={() => cells.selectCell(id, 'edit')}
    />
  )
})

const Language = memo(function Language({
  id,
  ...shown
}: { id: CellId } & Omit<ComponentProps<typeof LanguagePicker>, 'onPick'>) {
  return <LanguagePicker {...shown} onPick={(picked) => cells.setCellLanguage(id, picked)} />
})

/** Stable callbacks, so that typing in the cell does not draw its outputs again. */
function Outputs({ id, number, run: cellRun }: { id: CellId; number: number; run: CellRun }) {
  const onApplyFix = useCallback((fix: { readonly from: string; readonly to: string }) => applyFix(id, fix), [id])
  const hint = useMemo(() => (cellRun.state === 'error' ? run.hintForName(id, cellRun.outputs) : null), [id, cellRun])
  const more = useMemo(
    () =>
      hint === null
        ? null
        : { text: hint.text, numCells: hint.cells.length, onRun: () => run.runCells([...hint.cells, id]) },
    [hint, id],
  )
  // A decision that was declined is not asked again before the next run.
  const [declined, setDeclined] = useState<CellRun['error']>(null)
  const choices = useMemo(
    () => (cellRun.error === declined ? [] : choicesOf(id, cellRun.error, () => setDeclined(cellRun.error))),
    [id, cellRun.error, declined],
  )
  return (
    <CellOutputs
      cellNumber={number}
      outputs={cellRun.outputs}
      error={cellRun.error}
      isFromBefore={cellRun.isFromBefore}
      onApplyFix={onApplyFix}
      onCopy={copyError}
      more={more}
      choices={choices}
    />
  )
}

function CellStatus({
  id,
  run: cellRun,
  language,
  remark,
}: {
  id: CellId
  run: CellRun
  language: ReactNode
  remark: string | null
}) {
  const waitingFor = useApp(({ session }) => {
    if (!session.queue.includes(id)) return null
    const { phase, fraction } = session.python
    if (phase === 'ready') return 'Queued'
    if (phase === 'failed') return 'Queued: Python did not start'
    return `Queued: Python ${phase === 'download' ? 'is downloading' : 'starts'}${fraction === null ? '' : ` ${Math.round(fraction * 100)} %`}`
  })
  return <StatusLine run={cellRun} language={language} remark={remark} waitingFor={waitingFor} />
}

function countText(cellRun: CellRun): string {
  if (cellRun.state === 'running' || cellRun.state === 'queued') return '[*]'
  return cellRun.executionCount === null ? '[ ]' : `[${cellRun.executionCount}]`
}

function remarkOf(cell: Parameters<typeof isFragment>[0], disabledReason: string | null): string | null {
  if (isFragment(cell)) return FRAGMENT_LABEL
  if (disabledReason !== null) return disabledReason
  if (missingSecrets(cell.source).length > 0 || hasSecret(cell.source))
    return 'The key is not saved. After a reload, paste it again.'
  return null
}

function onEditorKey(id: CellId, key: EditorKey, isCode: boolean): void {
  switch (key) {
    case 'run':
      if (isCode) run.runCell(id)
      else cells.selectCell(id, 'command')
      return
    case 'runAndNext':
      return run.runAndSelectNext(id)
    case 'runAndInsert':
      return run.runAndInsertBelow(id)
    case 'leave':
      return cells.selectCell(id, 'command')
    case 'up':
    case 'down':
      return cells.editNeighbour(id, key === 'up' ? -1 : 1)
  }
}

function applyFix(id: CellId, fix: { readonly from: string; readonly to: string }): void {
  if (cells.applyFix(id, fix)) tell('success', 'Applied. Run the cell again.')
  else tell('warning', 'The cell has changed: the text to replace is not in it any more.')
}

function onCleaned(numCleaned: number, undo: () => void): void {
  tell('info', `Cleaned ${plural(numCleaned, 'character')}`, { label: 'Undo', run: undo })
}

function copyError(text: string): void {
  navigator.clipboard.writeText(redact(text)).then(
    () => tell('success', 'Copied the error.'),
    () => tell('error', 'The browser did not allow copying.'),
  )
}
