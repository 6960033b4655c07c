import type { PythonCompletions } from '../../protocol/workers/kernel'
import type { FunctionDoc } from '../../protocol/workers/language'
import type { LanguageHost } from '../../notebook/ui/editor/completion/language-host'
import { getApp, useApp } from '../state/store'
import { SESSION } from '../workers'
import { runtimeOrNull } from './runtime-holder'

/** Python may have begun a cell since it was asked: then the answer comes from what it said before. */
const PATIENCE_MS = 400
const KNOWN_PATHS_MAX = 200

/** What Python said about a path such as `spark.`, for while it runs a cell; newest last. */
const known = new Map<string, Required<Pick<PythonCompletions, 'labels' | 'kinds'>>>()
let docs: Promise<readonly FunctionDoc[]> | null = null

/** Completion, checks and hover texts of the editor, answered by the engine worker and by Python. */
export const languageHost: LanguageHost = {
  async completeSql(text, offset) {
    return (await engine()?.completeSql(SESSION, text, offset)) ?? { from: offset, to: offset, items: [] }
  },
  async checkSql(text) {
    return (await engine()?.checkSql(SESSION, text)) ?? []
  },
  functionDocs() {
    const asked = engine()
    if (asked === null) return Promise.resolve([])
    docs ??= asked.functionDocs()
    return docs
  },
  async completePython(code, offset) {
    const place = placeIn(code, offset)
    const answer = idlePython()?.complete(code, offset)
    const found = answer === undefined ? null : await within(answer, PATIENCE_MS)
    if (found === null) return fromMemory(place, offset)
    if (place !== null) remember(place.path, found.labels, found.kinds, place.word)
    return found
  },
  async describePython(code, offset) {
    const answer = idlePython()?.describe(code, offset)
    const described = answer === undefined ? null : await within(answer, PATIENCE_MS)
    if (described === null || described.function === null) return described
    const known = (await languageHost.functionDocs()).find(({ name }) => name === described.function)
    return { ...described, doc: described.doc ?? known?.doc ?? null }
  },
}

/** Asks Python for its names whenever a cell has ended, so that they are known while the next one runs. */
export function followPythonNames(): () => void {
  return useApp.subscribe(({ session }, before) => {
    if (session.python.phase !== before.session.python.phase) known.clear()
    const isIdle = session.runningCell === null && session.python.phase === 'ready'
    const wasIdle = before.session.runningCell === null && before.session.python.phase === 'ready'
    if (!isIdle || wasIdle) return
    for (const path of ['', 'spark.']) void languageHost.completePython(path, path.length)
  })
}

function engine() {
  const { session } = getApp()
  return session.engine === 'ready' && !session.isReadOnly ? (runtimeOrNull()?.engine ?? null) : null
}

/** Null while Python runs a cell or has not started: it could not answer. */
function idlePython() {
  const { session } = getApp()
  if (session.python.phase !== 'ready' || session.runningCell !== null) return null
  return runtimeOrNull()?.kernel ?? null
}

type Place = { readonly path: string; readonly word: string }

/** The path of names in front of the word being written; null behind anything else, such as a call. */
function placeIn(code: string, offset: number): Place | null {
  const [, path = '', word = ''] = /((?:[A-Za-z_]\w*\.)*)(\w*)$/.exec(code.slice(0, offset)) ?? []
  const before = code[offset - path.length - word.length - 1] ?? ''
  return /[.)\]"']/.test(before) ? null : { path, word }
}

function fromMemory(place: Place | null, offset: number): PythonCompletions {
  const found = place === null ? undefined : known.get(place.path)
  if (place === null || found === undefined) return { from: offset, labels: [] }
  const fits = found.labels.map((label) => label.startsWith(place.word))
  return {
    from: offset - place.word.length,
    labels: found.labels.filter((_, i) => fits[i]),
    kinds: found.kinds.filter((_, i) => fits[i]),
  }
}

/** Only an answer to the bare path knows every name. */
function remember(path: string, labels: readonly string[], kinds: PythonCompletions['kinds'], word: string): void {
  if (word !== '' || kinds === undefined) return
  known.delete(path)
  known.set(path, { labels, kinds })
  const oldest = known.keys().next()
  if (known.size > KNOWN_PATHS_MAX && oldest.done !== true) known.delete(oldest.value)
}

function within<T>(answer: Promise<T>, patienceMs: number): Promise<T | null> {
  return Promise.race([answer, new Promise<null>((resolve) => setTimeout(() => resolve(null), patienceMs))])
}
