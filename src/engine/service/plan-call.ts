import type { CellId, OperationId } from '../../protocol/ids'
import { userError } from '../../protocol/errors/runnel-error'
import type { SessionCall } from './engine-service'
import type { Session } from './session'

/** One plan a kernel wants run. */
export type PlanCall = { readonly cell: CellId | null; readonly operation: OperationId; readonly kernel: SessionCall }

/** What a batch query takes from its session. */
export function runOptions(session: Session, call: PlanCall) {
  return { operation: call.operation, conf: session.conf.all(), secrets: Object.fromEntries(session.secrets) }
}

/** Something of Spark's that Runnel has not. */
export function notBuilt(what: string, hint: string | null = null) {
  return userError('UNSUPPORTED_FEATURE.NOT_BUILT', `Runnel cannot run ${what} yet.`, {
    sqlState: '0A000',
    exception: 'UnsupportedOperationException',
    parameters: { feature: what },
    hint,
  })
}
