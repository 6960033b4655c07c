import type { editor } from 'monaco-editor/editor/editor.api'
import type * as MonacoApi from 'monaco-editor/editor/editor.api'
import type { PythonCompletions, PythonNameKind } from '../../../../protocol/workers/kernel'
import { embeddedSqlAt } from './embedded-sql'
import type { LanguageHost } from './language-host'
import { docOf, hoverText } from './sql-cells'
import { suggestionsOf } from './suggestions'

type Monaco = typeof MonacoApi

/** Proposals and hover texts in Python cells; SQL inside their strings is proposed as in a SQL cell. */
export function registerPythonCells(monaco: Monaco, host: LanguageHost): void {
  monaco.languages.registerCompletionItemProvider('python', {
    triggerCharacters: ['.', '"', "'"],
    provideCompletionItems: async (model, position) => {
      const code = model.getValue()
      const offset = model.getOffsetAt(position)
      const sql = embeddedSqlAt(code, offset)
      if (sql !== null) {
        const found = await host.completeSql(sql.text, sql.offset)
        return model.isDisposed() ? null : suggestionsOf(monaco, model, found, sql.shift)
      }
      const found = await host.completePython(code, offset)
      return model.isDisposed() ? null : pythonSuggestions(monaco, model, offset, found)
    },
    // A proposal's signature and text are asked for when it is looked at.
    resolveCompletionItem: async (item) => {
      if (!isPythonItem(item)) return item
      const described = await host.describePython(item.path, item.path.length)
      if (described === null) return item
      return {
        ...item,
        ...(described.signature === null ? {} : { detail: described.signature }),
        ...(described.doc === null ? {} : { documentation: { value: described.doc } }),
      }
    },
  })
  monaco.languages.registerHoverProvider('python', {
    provideHover: async (model, position) => {
      const word = model.getWordAtPosition(position)
      if (word === null) return null
      const code = model.getValue()
      const start = model.getOffsetAt({ lineNumber: position.lineNumber, column: word.startColumn })
      if (embeddedSqlAt(code, start) !== null) {
        const doc = await docOf(host, word.word)
        return doc === null ? null : { contents: hoverText(doc) }
      }
      const described = await host.describePython(code, start + word.word.length)
      if (described === null) return null
      const signature = described.signature === null ? [] : [{ value: `\`\`\`python\n${described.signature}\n\`\`\`` }]
      return { contents: [...signature, ...(described.doc === null ? [] : [{ value: described.doc }])] }
    },
  })
}

type PythonItem = MonacoApi.languages.CompletionItem & { readonly path: string }

function isPythonItem(item: MonacoApi.languages.CompletionItem): item is PythonItem {
  return 'path' in item && typeof item.path === 'string'
}

function pythonSuggestions(
  monaco: Monaco,
  model: editor.ITextModel,
  offset: number,
  { from, labels, kinds = [] }: PythonCompletions,
): MonacoApi.languages.CompletionList {
  const range = monaco.Range.fromPositions(model.getPositionAt(from), model.getPositionAt(offset))
  const code = model.getValue()
  const { CompletionItemKind: all } = monaco.languages
  const kindOf: Readonly<Record<PythonNameKind, MonacoApi.languages.CompletionItemKind>> = {
    function: all.Function,
    class: all.Class,
    module: all.Module,
    variable: all.Variable,
    property: all.Property,
    keyword: all.Keyword,
    option: all.Value,
  }
  const known = new Set(labels)
  const isName = labels.length > 0 && kinds[0] !== 'option' && code[from - 1] !== '.'
  const words = isName ? wordsOf(code, from).filter((word) => !known.has(word)) : []
  return {
    suggestions: [...labels, ...words].map((label, i): PythonItem => ({
      label,
      insertText: label,
      kind: kindOf[kinds[i] ?? 'variable'],
      range,
      sortText: `${label.startsWith('_') ? 1 : 0}${label}`,
      path: code.slice(0, from) + label,
    })),
  }
}

/** Words of the cell's text but the one being written: names it will have when it runs. */
function wordsOf(code: string, from: number): string[] {
  const words = [...code.matchAll(/[^\W\d]\w*/gu)].filter(({ index }) => index !== from).map(([word]) => word)
  return [...new Set(words)]
}
