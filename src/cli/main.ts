/** Commands by name; each is loaded when it is used. */
const COMMANDS: Record<string, () => Promise<{ run: (args: string[], root: string) => Promise<number> }>> = {
  start: () => import('./start'),
  test: () => import('./test'),
  check: () => import('./check'),
  execute: () => import('./execute'),
  bench: () => import('./bench'),
  'test-spark': () => import('./test-spark'),
  golden: () => import('./golden'),
}

/** Runs one command; resolves with the exit code. */
export async function main(command: string, args: string[], root: string): Promise<number> {
  const { run } = await COMMANDS[command]()
  return run(args, root)
}
