import type { PythonCompletions, PythonDescription } from '../../../../protocol/workers/kernel'
import type { Completions, FunctionDoc, TextProblem } from '../../../../protocol/workers/language'

/** Who knows names and grammar: the engine and Python, through the app. Answers are empty while they start. */
export type LanguageHost = {
  completeSql(text: string, offset: number): Promise<Completions>
  checkSql(text: string): Promise<readonly TextProblem[]>
  functionDocs(): Promise<readonly FunctionDoc[]>
  completePython(code: string, offset: number): Promise<PythonCompletions>
  /** Null while Python is busy, and for what it does not know. */
  describePython(code: string, offset: number): Promise<PythonDescription | null>
}
