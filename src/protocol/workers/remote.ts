import * as Comlink from 'comlink'
import { RunnelError, errorShape } from '../errors/runnel-error'
import type { ErrorShape } from '../errors/runnel-error'

export type { Remote } from 'comlink'
export { expose, proxy, transfer, wrap } from 'comlink'

// Comlink would keep only name, message and stack of a thrown error; ours keeps the whole shape.
const builtIn = Comlink.transferHandlers.get('throw')
if (builtIn === undefined) throw new Error('Comlink has no handler for thrown errors')
const thrownErrors: Comlink.TransferHandler<{ value: unknown }, ErrorShape> = {
  canHandle: (value): value is { value: unknown } => builtIn.canHandle(value),
  serialize: ({ value }) => [errorShape(value), []],
  deserialize: (shape) => {
    throw new RunnelError(shape)
  },
}
Comlink.transferHandlers.set('throw', thrownErrors)
