import type { ExecuteResult } from '../../../protocol/workers/kernel-requests'
import type { Statement } from '../../sql/statement'
import type { Session } from '../session'
import { setSessionConf } from '../session'
import { doneAnswer, rowsAnswer, text } from './answer'

const COLUMNS = [text('key'), text('value')]

/** SET: all settings, one of them (`<undefined>` when nobody set it), or a new value. */
export function setConf(session: Session, { key, value }: Extract<Statement, { kind: 'set' }>): ExecuteResult {
  if (key === null) return rowsAnswer(COLUMNS, Object.entries(session.conf.all()).sort())
  if (value === null) return rowsAnswer(COLUMNS, [[key, session.conf.get(key, '<undefined>')]])
  setSessionConf(session, key, value)
  return rowsAnswer(COLUMNS, [[key, value]])
}

export function resetConf(session: Session, key: string | null): ExecuteResult {
  if (key === null) for (const known of Object.keys(session.conf.all())) resetUnlessFixed(session, known)
  else session.conf.unset(key)
  return doneAnswer()
}

/** RESET leaves alone what may not be changed, and the notebook's own mode. */
function resetUnlessFixed(session: Session, key: string): void {
  if (key !== 'runnel.compatibility' && session.conf.isModifiable(key)) session.conf.unset(key)
}
