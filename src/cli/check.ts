import type { Phase } from './phases'
import { runPhases } from './phases'

/** `npm run check`: what a commit needs, in under two minutes. */
export const CHECK: Phase = {
  name: 'check',
  budgetMinutes: 2,
  steps: [
    ['npx', 'prettier', '--check', '--log-level', 'warn', '.'],
    ['npx', 'tsc', '-p', '.'],
    ['npx', 'eslint', '--max-warnings', '0', '.'],
    ['npx', 'vitest', 'run', 'src/architecture.test.ts'],
  ],
}

export function run(_args: string[], root: string): Promise<number> {
  return runPhases([CHECK], root)
}
