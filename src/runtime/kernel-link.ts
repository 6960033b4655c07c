import { EngineEnd } from '../protocol/bridge/engine-end'
import type { BridgeMemory } from '../protocol/bridge/channel'
import type { QueryId } from '../protocol/ids'
import type { KernelRequest } from '../protocol/workers/kernel-requests'
import type { KernelCallbacks } from '../engine/ports/workspace'
import type { EngineService, TriggerWait } from '../engine/service/engine-service'
import { handleKernelRequest, kernelHandlers } from '../engine/service/kernel-handlers'
import type { Session } from '../engine/service/session'

/** Connects one kernel generation to its session: answers its calls, calls it back. Returns what ends the link. */
export function linkKernel(
  service: EngineService,
  session: Session,
  bridge: BridgeMemory,
  kick: MessagePort,
): () => void {
  const handlers = kernelHandlers(service, session)
  /** Open callbacks that run inside a trigger, and whose it is. */
  const served = new Map<number, QueryId>()
  const waits: TriggerWait[] = []
  const end = new EngineEnd(bridge, {
    kick: () => kick.postMessage(0),
    handle: (request, { signal, callbacks: chain }) => {
      const triggers = chain.flatMap((id) => served.get(id) ?? [])
      return handleKernelRequest(handlers, request as KernelRequest, { signal, triggers, waits })
    },
  })
  kick.onmessage = () => end.poll()
  const callbacks: KernelCallbacks = {
    async invoke(request, parentCall, signal) {
      let callback = 0
      const started = (id: number) => {
        callback = id
        if (request.kind === 'foreachBatch') served.set(id, request.queryId as QueryId)
      }
      try {
        return (await end.callback(request, parentCall, signal, started)) as { value: string | null }
      } finally {
        served.delete(callback)
      }
    },
  }
  session.kernel = callbacks
  // Frames published before the port was connected.
  end.poll()
  return () => {
    end.close()
    kick.close()
    if (session.kernel === callbacks) session.kernel = null
  }
}
