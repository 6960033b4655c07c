import type { editor, IDisposable } from 'monaco-editor/editor/editor.api'
import type * as MonacoApi from 'monaco-editor/editor/editor.api'
import type { CellId } from '../../../protocol/ids'
import type { TextPlace } from '../../model/error-place'
import { hasFences } from '../../formats/markdown-cells'
import { cleanPaste } from '../../model/clean-paste'
import { CODE_FONT, CODE_FONT_SIZE_PX, CODE_LINE_HEIGHT_PX } from '../../../ui/theme'
import { monacoOrNull } from './load-monaco'

/** What the cell that holds the editor wants to know. */
export type EditorHost = {
  onChange(source: string): void
  onHeight(heightPx: number): void
  onFocus(): void
  onKey(command: EditorKey): void
  /** A page of text with code fences was pasted; `false` = take it as text after all. */
  onPastePage(text: string): Promise<boolean>
  /** A paste lost so many characters; undo brings them back. */
  onCleaned(numCleaned: number, undo: () => void): void
}
export type EditorKey = 'run' | 'runAndNext' | 'runAndInsert' | 'leave' | 'up' | 'down'

export const EDITOR_PADDING_PX = 8

type Live = { instance: editor.IStandaloneCodeEditor; element: HTMLElement }
let live: Live | null = null
let host: EditorHost | null = null
let subscription: IDisposable | null = null
const models = new Map<CellId, editor.ITextModel>()
const viewStates = new Map<CellId, editor.ICodeEditorViewState | null>()
let current: CellId | null = null
/** Where the learner clicked to get the editor: the cursor goes there once it stands. */
let clicked: { x: number; y: number } | null = null
/** Set while a change comes from outside, so that it is not reported back. */
let isApplying = false

/** Puts the one live editor into `container`, with the cell's own model, undo stack and cursor. */
export function attachEditor(
  container: HTMLElement,
  cell: CellId,
  source: string,
  language: string,
  label: string,
  next: EditorHost,
): () => void {
  const { instance, element } = (live ??= createEditor())
  rememberView()
  container.append(element)
  current = cell
  host = next
  const model = modelOf(cell, source, language)
  instance.setModel(model)
  instance.restoreViewState(viewStates.get(cell) ?? null)
  instance.updateOptions({ ariaLabel: label })
  subscription?.dispose()
  subscription = model.onDidChangeContent(() => {
    if (!isApplying) host?.onChange(model.getValue())
  })
  instance.layout({ width: container.clientWidth, height: instance.getContentHeight() })
  next.onHeight(instance.getContentHeight())
  return () => {
    if (host !== next) return
    rememberView()
    host = null
    element.remove()
  }
}

export function placeCursorAt(x: number, y: number): void {
  clicked = { x, y }
}

export function focusEditor(): void {
  live?.instance.focus()
  const position = clicked === null ? null : live?.instance.getTargetAtClientPoint(clicked.x, clicked.y)?.position
  clicked = null
  if (position) live?.instance.setPosition(position)
}

export function layoutEditor(widthPx: number): void {
  if (live) live.instance.layout({ width: widthPx, height: live.instance.getContentHeight() })
}

/** Undo of cell operations, Apply fix: the text changed outside the editor. Monaco keeps it as one undo step. */
export function syncModel(cell: CellId, source: string, language: string): void {
  const model = models.get(cell)
  if (model === undefined) return
  if (model.getLanguageId() !== language) monacoOrNull()?.monaco.editor.setModelLanguage(model, language)
  if (model.getValue() === source) return
  isApplying = true
  model.pushEditOperations([], [{ range: model.getFullModelRange(), text: source }], () => null)
  isApplying = false
}

/** The place where the last run went wrong, until the text changes. */
export function markError(cell: CellId, place: TextPlace | null): void {
  const model = models.get(cell)
  const monaco = monacoOrNull()?.monaco
  if (model === undefined || monaco === undefined) return
  const marks = place === null ? [] : [place]
  monaco.editor.setModelMarkers(
    model,
    'last-run',
    marks.map(({ line, from, to }) => ({
      severity: monaco.MarkerSeverity.Error,
      message: 'The error of the last run is here.',
      startLineNumber: line,
      startColumn: from + 1,
      endLineNumber: line,
      endColumn: to + 1,
    })),
  )
}

/** A deleted cell's model goes; undo makes a new one. */
export function keepModels(cells: ReadonlySet<CellId>): void {
  for (const [cell, model] of models) {
    if (cells.has(cell)) continue
    model.dispose()
    models.delete(cell)
    viewStates.delete(cell)
  }
}

function modelOf(cell: CellId, source: string, language: string): editor.ITextModel {
  const known = models.get(cell)
  if (known !== undefined) {
    syncModel(cell, source, language)
    return known
  }
  const module = monacoOrNull()
  if (module === null) throw new Error('The editor is not loaded yet.')
  const model = module.monaco.editor.createModel(
    source,
    language,
    module.monaco.Uri.parse(`file:///cells/${encodeURIComponent(cell)}.ts`),
  )
  model.updateOptions({ tabSize: 4, insertSpaces: true })
  models.set(cell, model)
  return model
}

function rememberView(): void {
  if (current !== null && live) viewStates.set(current, live.instance.saveViewState())
}

function createEditor(): Live {
  const module = monacoOrNull()
  if (module === null) throw new Error('The editor is not loaded yet.')
  const { monaco } = module
  const element = document.createElement('div')
  const instance = monaco.editor.create(element, {
    fontFamily: CODE_FONT,
    fontSize: CODE_FONT_SIZE_PX,
    lineHeight: CODE_LINE_HEIGHT_PX,
    minimap: { enabled: false },
    lineNumbers: 'off',
    glyphMargin: false,
    folding: false,
    lineDecorationsWidth: 8,
    lineNumbersMinChars: 0,
    renderLineHighlight: 'none',
    overviewRulerLanes: 0,
    overviewRulerBorder: false,
    hideCursorInOverviewRuler: true,
    scrollBeyondLastLine: false,
    scrollbar: {
      vertical: 'hidden',
      horizontalScrollbarSize: 8,
      alwaysConsumeMouseWheel: false,
      handleMouseWheel: true,
    },
    padding: { top: EDITOR_PADDING_PX, bottom: EDITOR_PADDING_PX },
    contextmenu: true,
    fixedOverflowWidgets: true,
    accessibilitySupport: 'on',
    wordBasedSuggestions: 'currentDocument',
    // Enter behind a word that is written out makes a new line.
    acceptSuggestionOnEnter: 'smart',
    guides: { indentation: false },
    occurrencesHighlight: 'off',
    fontLigatures: false,
    editContext: false,
    automaticLayout: false,
  })
  instance.onDidContentSizeChange(({ contentHeightChanged, contentHeight }) => {
    if (!contentHeightChanged) return
    host?.onHeight(contentHeight)
    layoutEditor(element.parentElement?.clientWidth ?? 400)
  })
  instance.onDidFocusEditorText(() => host?.onFocus())
  bindKeys(instance, monaco)
  // Before Monaco sees it.
  element.addEventListener('paste', (event) => onPaste(instance, event), { capture: true })
  return { instance, element }
}

/** Clean text goes Monaco's own way; anything else is put in here, so that one undo brings back what was pasted. */
function onPaste(instance: editor.IStandaloneCodeEditor, event: ClipboardEvent): void {
  const pasted = event.clipboardData?.getData('text/plain') ?? ''
  const isProse = instance.getModel()?.getLanguageId() === 'markdown'
  if (hasFences(pasted)) {
    takeOver(event)
    const asked = host
    void asked?.onPastePage(pasted).then((isTaken) => {
      if (!isTaken && host === asked) insert(instance, pasted)
    })
    return
  }
  const { text, numCleaned } = isProse ? { text: pasted, numCleaned: 0 } : cleanPaste(pasted)
  if (numCleaned === 0) return
  takeOver(event)
  const start = instance.getSelection()?.getStartPosition()
  insert(instance, pasted)
  const end = instance.getPosition()
  if (start === undefined || end === null) return
  const range = {
    startLineNumber: start.lineNumber,
    startColumn: start.column,
    endLineNumber: end.lineNumber,
    endColumn: end.column,
  }
  instance.executeEdits('paste', [{ range, text, forceMoveMarkers: true }])
  instance.pushUndoStop()
  const model = instance.getModel()
  host?.onCleaned(numCleaned, () => void model?.undo())
}

function takeOver(event: ClipboardEvent): void {
  event.preventDefault()
  event.stopPropagation()
}

function insert(instance: editor.IStandaloneCodeEditor, text: string): void {
  const selection = instance.getSelection()
  if (selection === null) return
  instance.pushUndoStop()
  instance.executeEdits('paste', [{ range: selection, text, forceMoveMarkers: true }])
  instance.pushUndoStop()
}

function bindKeys(instance: editor.IStandaloneCodeEditor, { KeyMod, KeyCode }: typeof MonacoApi): void {
  const bind = (keys: number, command: EditorKey, when?: string) =>
    instance.addCommand(keys, () => host?.onKey(command), when)
  bind(KeyMod.Shift | KeyCode.Enter, 'runAndNext')
  bind(KeyMod.CtrlCmd | KeyCode.Enter, 'run')
  bind(KeyMod.Alt | KeyCode.Enter, 'runAndInsert')
  bind(
    KeyCode.Escape,
    'leave',
    '!suggestWidgetVisible && !findWidgetVisible && !parameterHintsVisible && !editorHasMultipleSelections && !inSnippetMode',
  )
  instance.onKeyDown((event) => {
    if (event.keyCode !== KeyCode.UpArrow && event.keyCode !== KeyCode.DownArrow) return
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return
    if (document.querySelector('.suggest-widget.visible') !== null) return
    const line = instance.getPosition()?.lineNumber
    const last = instance.getModel()?.getLineCount()
    if (event.keyCode === KeyCode.UpArrow && line === 1) host?.onKey('up')
    else if (event.keyCode === KeyCode.DownArrow && line === last) host?.onKey('down')
    else return
    event.preventDefault()
    event.stopPropagation()
  })
}
