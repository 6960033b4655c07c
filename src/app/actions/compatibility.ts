import { change, getApp, tell } from '../state/store'
import { SESSION } from '../workers'
import { runtimeOrNull } from './runtime-holder'

/** Workshop mode runs what real Spark would refuse and says so; strict mode refuses as Spark does. Holds from the next cell on. */
export async function switchCompatibility(): Promise<void> {
  const runtime = runtimeOrNull()
  if (runtime === null) return
  const next = getApp().session.compatibility === 'workshop' ? 'strict' : 'workshop'
  await runtime.engine.setCompatibility(SESSION, next)
  change('session', (session) => void (session.compatibility = next))
  tell(
    'info',
    next === 'strict'
      ? 'Strict mode: from the next cell on, what Spark refuses is refused here.'
      : 'Workshop mode: pasted cells run where the intent is clear, and each notice says what Spark would do.',
  )
}
