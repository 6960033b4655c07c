import type { Batch } from '../../protocol/columns'
import type { FunctionId } from '../../protocol/ids'

/** Live functions of a kernel, called by id. A stop cancels an open call: the promise rejects with `OPERATION_CANCELED`. */
export interface Callbacks {
  invoke(functionId: FunctionId, args: CallbackArguments, signal: AbortSignal): Promise<CallbackResult>
}

export type CallbackArguments =
  | { readonly kind: 'foreachBatch'; readonly batch: readonly Batch[]; readonly batchId: number }
  | { readonly kind: 'probe'; readonly value: string }

export type CallbackResult = { readonly value: string | null }
