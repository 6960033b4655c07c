import { EngineEnd } from '../protocol/bridge/engine-end'
import type { BridgeMemory } from '../protocol/bridge/channel'
import { userError } from '../protocol/errors/runnel-error'
import type { QueryId } from '../protocol/ids'
import type { KernelLanguage } from '../protocol/workers/engine'
import type { KernelRequest } from '../protocol/workers/kernel-requests'
import type { KernelCallbacks } from '../engine/ports/workspace'
import type { EngineService, TriggerWait } from '../engine/service/engine-service'
import { handleKernelRequest, kernelHandlers } from '../engine/service/kernel-handlers'
import type { Session } from '../engine/service/session'

/** Starts of the ids of live functions, by the language of the kernel that holds them. */
const FUNCTION_PREFIXES: Readonly<Record<KernelLanguage, string>> = { typescript: 'ts:', python: '' }

type Routes = Map<KernelLanguage, KernelCallbacks>
const allRoutes = new WeakMap<Session, Routes>()

/** The session's kernels by language; `session.kernel` passes a callback on to the one that knows the function. */
function routesOf(session: Session): Routes {
  const routes: Routes = allRoutes.get(session) ?? new Map<KernelLanguage, KernelCallbacks>()
  allRoutes.set(session, routes)
  session.kernel = {
    invoke: (request, parentCall, signal) => {
      const language = request.functionId.startsWith(FUNCTION_PREFIXES.typescript) ? 'typescript' : 'python'
      const kernel = routes.get(language)
      if (kernel) return kernel.invoke(request, parentCall, signal)
      const name = language === 'python' ? 'Python' : 'TypeScript'
      return Promise.reject(
        userError('FUNCTION_NOT_DEFINED', `The function of this query is gone: ${name} was restarted.`, {
          hint: 'Run the cell that defines the function and starts the query.',
        }),
      )
    },
  }
  return routes
}

/** Connects one kernel generation to its session: answers its calls, calls it back. Returns what ends the link. */
export function linkKernel(
  service: EngineService,
  session: Session,
  language: KernelLanguage,
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
  const routes = routesOf(session)
  routes.set(language, callbacks)
  // Frames published before the port was connected.
  end.poll()
  return () => {
    end.close()
    kick.close()
    if (routes.get(language) === callbacks) routes.delete(language)
    if (routes.size === 0) session.kernel = null
  }
}
