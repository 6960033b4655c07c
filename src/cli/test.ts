import { CHECK } from './check'
import { findChromium } from './chromium'
import { runPhases } from './phases'

/** `npm test`: everything that needs nothing but Node and a Chromium. */
export function run(_args: string[], root: string): Promise<number> {
  const chromiumPath = findChromium()
  if (chromiumPath === null) return Promise.resolve(1)
  const env = { CHROMIUM_PATH: chromiumPath }
  return runPhases(
    [
      CHECK,
      { name: 'unit', budgetMinutes: 4, steps: [['npx', 'vitest', 'run']] },
      {
        name: 'browser',
        budgetMinutes: 5,
        steps: [['npx', 'vitest', 'run', '--config', 'vitest.browser.config.ts']],
        env,
      },
      { name: 'e2e', budgetMinutes: 15, steps: [['npx', 'playwright', 'test']], env },
    ],
    root,
  )
}
