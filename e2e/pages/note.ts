import { test } from '@playwright/test'

/** A figure of the run: in the report, and on the console where nobody opens one. */
export function note(name: string, figure: string): void {
  test.info().annotations.push({ type: name, description: figure })
  process.stdout.write(`      ${name}: ${figure}\n`)
}
