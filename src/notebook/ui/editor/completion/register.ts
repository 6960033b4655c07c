import { whenMonacoLoads } from '../load-monaco'
import type { LanguageHost } from './language-host'
import { registerPythonCells } from './python-cells'
import { registerSqlCells } from './sql-cells'

/** Gives the editor its proposals for SQL and Python; it is not loaded for that. */
export function registerCompletion(host: LanguageHost): void {
  whenMonacoLoads(({ monaco }) => {
    registerSqlCells(monaco, host)
    registerPythonCells(monaco, host)
  })
}
