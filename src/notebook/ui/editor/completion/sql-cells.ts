import type { editor, IDisposable } from 'monaco-editor/editor/editor.api'
import type * as MonacoApi from 'monaco-editor/editor/editor.api'
import type { FunctionDoc, TextProblem } from '../../../../protocol/workers/language'
import { withoutMagic } from '../../../model/language'
import type { LanguageHost } from './language-host'
import { openCallAt, parametersIn } from './open-call'
import { suggestionsOf } from './suggestions'

type Monaco = typeof MonacoApi

/** Typing settles before the text is checked. */
const CHECK_DELAY_MS = 600
const OWNER = 'spark-sql'
/** `{name}` stands for a Python variable: what it will hold, no parser knows. */
const PYTHON_NAME = /\{\s*[A-Za-z_]\w*\s*\}/

/** Proposals, signatures, hover texts and marks in SQL cells. */
export function registerSqlCells(monaco: Monaco, host: LanguageHost): void {
  monaco.languages.registerCompletionItemProvider('sql', {
    triggerCharacters: ['.', '`'],
    provideCompletionItems: async (model, position) => {
      const found = await host.completeSql(withoutMagic(model.getValue()), model.getOffsetAt(position))
      return model.isDisposed() ? null : suggestionsOf(monaco, model, found)
    },
  })
  monaco.languages.registerHoverProvider('sql', {
    provideHover: async (model, position) => {
      const word = model.getWordAtPosition(position)
      const doc = word === null ? null : await docOf(host, word.word)
      return doc === null ? null : { contents: hoverText(doc) }
    },
  })
  monaco.languages.registerSignatureHelpProvider('sql', {
    signatureHelpTriggerCharacters: ['(', ','],
    signatureHelpRetriggerCharacters: [')'],
    provideSignatureHelp: async (model, position) => {
      const call = openCallAt(withoutMagic(model.getValue()), model.getOffsetAt(position))
      const doc = call === null ? null : await docOf(host, call.name)
      return call === null || doc === null
        ? null
        : { value: signatureHelp(doc, call.argument), dispose: () => undefined }
    },
  })
  checkModels(monaco, host)
}

export async function docOf(host: LanguageHost, name: string): Promise<FunctionDoc | null> {
  const wanted = name.toLowerCase()
  return (await host.functionDocs()).find((doc) => doc.name === wanted) ?? null
}

export function hoverText({ signature, doc }: FunctionDoc): { value: string }[] {
  return [{ value: `\`\`\`sql\n${signature}\n\`\`\`` }, { value: doc }]
}

function signatureHelp({ signature, doc }: FunctionDoc, argument: number): MonacoApi.languages.SignatureHelp {
  const parameters = parametersIn(signature)
  return {
    signatures: [
      { label: signature, documentation: { value: doc }, parameters: parameters.map((label) => ({ label })) },
    ],
    activeSignature: 0,
    activeParameter: Math.min(argument, Math.max(0, parameters.length - 1)),
  }
}

/** Marks of the parser in every SQL text of the editor. */
function checkModels(monaco: Monaco, host: LanguageHost): void {
  const watch = (model: editor.ITextModel) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const check = async () => {
      const version = model.getVersionId()
      const text = withoutMagic(model.getValue())
      const isSql = model.getLanguageId() === 'sql'
      const problems = isSql && !PYTHON_NAME.test(text) ? await host.checkSql(text) : []
      if (model.isDisposed() || model.getVersionId() !== version) return
      monaco.editor.setModelMarkers(
        model,
        OWNER,
        problems.map((problem) => markerOf(monaco, model, problem)),
      )
    }
    const soon = () => {
      clearTimeout(timer)
      timer = setTimeout(() => void check(), CHECK_DELAY_MS)
    }
    const subscriptions: IDisposable[] = [model.onDidChangeContent(soon), model.onDidChangeLanguage(soon)]
    model.onWillDispose(() => {
      clearTimeout(timer)
      for (const subscription of subscriptions) subscription.dispose()
    })
    soon()
  }
  monaco.editor.getModels().forEach(watch)
  monaco.editor.onDidCreateModel(watch)
}

function markerOf(
  monaco: Monaco,
  model: editor.ITextModel,
  { message, hint, start, end }: TextProblem,
): editor.IMarkerData {
  const [from, to] = [model.getPositionAt(start), model.getPositionAt(end)]
  return {
    severity: monaco.MarkerSeverity.Error,
    message: hint === null ? message : `${message}\n${hint}`,
    startLineNumber: from.lineNumber,
    startColumn: from.column,
    endLineNumber: to.lineNumber,
    endColumn: to.column,
  }
}
