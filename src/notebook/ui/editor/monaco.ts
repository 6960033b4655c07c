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
import 'monaco-editor/features/suggest/register'
import 'monaco-editor/features/toggleTabFocusMode/register'
import 'monaco-editor/features/wordHighlighter/register'
import 'monaco-editor/features/wordOperations/register'
import 'monaco-editor/features/wordPartOperations/register'
import 'monaco-editor/languages/definitions/markdown/register'
import 'monaco-editor/languages/definitions/python/register'
import 'monaco-editor/languages/definitions/sql/register'
import { CODE_BACKGROUND } from '../../../ui/theme'
import type { ThemeName } from '../../../ui/theme'

export { monaco }

self.MonacoEnvironment = { getWorker: () => new EditorWorker() }

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
