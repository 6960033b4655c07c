// The one file that imports Monaco: it is loaded lazily, after the first paint, and its module paths change between versions.
import * as monaco from 'monaco-editor/editor/editor.api'
import EditorWorker from 'monaco-editor/editor/editor.worker?worker'
import 'monaco-editor/features/bracketMatching/register'
import 'monaco-editor/features/caretOperations/register'
import 'monaco-editor/features/clipboard/register'
import 'monaco-editor/features/codicon/register'
import 'monaco-editor/features/comment/register'
import 'monaco-editor/features/contextmenu/register'
import 'monaco-editor/features/cursorUndo/register'
import 'monaco-editor/features/find/register'
import 'monaco-editor/features/folding/register'
import 'monaco-editor/features/hover/register'
import 'monaco-editor/features/indentation/register'
import 'monaco-editor/features/lineSelection/register'
import 'monaco-editor/features/linesOperations/register'
import 'monaco-editor/features/multicursor/register'
import 'monaco-editor/features/parameterHints/register'
import 'monaco-editor/features/smartSelect/register'
import 'monaco-editor/features/snippet/register'
// The feature's own entry leaves the suggestion list itself out.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController'
import 'monaco-editor/features/suggest/register'
import 'monaco-editor/features/toggleTabFocusMode/register'
import 'monaco-editor/features/wordHighlighter/register'
import 'monaco-editor/features/wordOperations/register'
import 'monaco-editor/features/wordPartOperations/register'
import 'monaco-editor/languages/definitions/markdown/register'
import 'monaco-editor/languages/definitions/python/register'
import 'monaco-editor/languages/definitions/sql/register'
import 'monaco-editor/languages/definitions/typescript/register'
import {
  ModuleKind,
  ScriptTarget,
  getTypeScriptWorker,
  typescriptDefaults,
} from 'monaco-editor/languages/features/typescript/register'
import { CODE_BACKGROUND } from '../../../ui/theme'
import type { ThemeName } from '../../../ui/theme'

export { getTypeScriptWorker, monaco, typescriptDefaults }

/** The worker that knows TypeScript; the app gives it, since its code lies on the worker side. */
let makeTypeScriptWorker: (() => Worker) | null = null
export function setTypeScriptWorker(make: () => Worker): void {
  makeTypeScriptWorker = make
}

self.MonacoEnvironment = {
  getWorker: (_id, label) => {
    if (label !== 'typescript') return new EditorWorker()
    if (makeTypeScriptWorker === null) throw new Error('The TypeScript worker was asked for before it was given.')
    return makeTypeScriptWorker()
  },
}

typescriptDefaults.setDiagnosticsOptions({
  // Only the live editor shows marks.
  onlyVisible: true,
  noSuggestionDiagnostics: true,
  // 2632: a name of another cell may be given a new value. 7043-7050, 6133: remarks, not errors.
  diagnosticCodesToIgnore: [2632],
})
typescriptDefaults.setCompilerOptions({
  target: ScriptTarget.ESNext,
  module: ModuleKind.ESNext,
  strict: true,
  noImplicitAny: false,
  allowNonTsExtensions: true,
  skipLibCheck: true,
  lib: ['es2023', 'esnext.disposable', 'esnext.asynciterable'],
  noEmit: true,
})

const BASES = { light: 'vs', dark: 'vs-dark', contrast: 'hc-black' } as const

for (const name of ['light', 'dark', 'contrast'] as const) {
  monaco.editor.defineTheme(`runnel-${name}`, {
    base: BASES[name],
    inherit: true,
    // Monaco's light green for comments is below 4.5:1 on a grey ground.
    rules:
      name === 'light'
        ? [
            { token: 'comment', foreground: '00700a' },
            { token: 'number', foreground: '08704b' },
          ]
        : [],
    colors: { 'editor.background': CODE_BACKGROUND[name], 'editorGutter.background': CODE_BACKGROUND[name] },
  })
}

export function setMonacoTheme(name: ThemeName): void {
  monaco.editor.setTheme(`runnel-${name}`)
}
