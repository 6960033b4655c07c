import type { editor, languages } from 'monaco-editor/editor/editor.api'
import type * as MonacoApi from 'monaco-editor/editor/editor.api'
import type { CompletionKind, Completions } from '../../../../protocol/workers/language'

type Monaco = typeof MonacoApi

/** The engine's proposals in Monaco's form; `shift` moves their offsets into the cell. */
export function suggestionsOf(
  monaco: Monaco,
  model: editor.ITextModel,
  { from, to, items }: Completions,
  shift = 0,
): languages.CompletionList {
  const range = monaco.Range.fromPositions(model.getPositionAt(from + shift), model.getPositionAt(to + shift))
  const kinds = kindsOf(monaco)
  return {
    suggestions: items.map((item, i) => ({
      label:
        item.kind === 'function' || item.detail === null ? item.label : { label: item.label, description: item.detail },
      kind: kinds[item.kind],
      range,
      // The order is the engine's, where Monaco finds two equally fitting.
      sortText: String(i).padStart(5, '0'),
      ...(item.takesArguments === true
        ? {
            insertText: `${item.insert}($0)`,
            insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet,
            command: { id: 'editor.action.triggerParameterHints', title: 'Parameters' },
          }
        : { insertText: item.kind === 'function' ? `${item.insert}()` : item.insert }),
      ...(item.kind === 'function' && item.detail !== null ? { detail: item.detail } : {}),
      ...(item.doc === null ? {} : { documentation: { value: item.doc } }),
    })),
  }
}

function kindsOf({ languages }: Monaco): Readonly<Record<CompletionKind, languages.CompletionItemKind>> {
  const { CompletionItemKind: kinds } = languages
  return {
    keyword: kinds.Keyword,
    schema: kinds.Module,
    table: kinds.Class,
    view: kinds.Interface,
    alias: kinds.Variable,
    column: kinds.Field,
    field: kinds.Property,
    function: kinds.Function,
  }
}
