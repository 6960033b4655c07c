import { EngineEnd } from '../protocol/bridge/engine-end'
import type { BridgeMemory } from '../protocol/bridge/channel'
import type { KernelRequest } from '../protocol/workers/kernel-requests'
import type { KernelCallbacks } from '../engine/ports/workspace'
import type { EngineService } from '../engine/service/engine-service'
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
  const end = new EngineEnd(bridge, {
    kick: () => kick.postMessage(0),
    handle: (request, call) => handleKernelRequest(handlers, request as KernelRequest, call),
  })
  kick.onmessage = () => end.poll()
  const callbacks: KernelCallbacks = {
    invoke: async (request, parentCall, signal) =>
      (await end.callback(request, parentCall, signal)) as { value: string | null },
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
