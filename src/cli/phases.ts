import { spawn } from 'node:child_process'

export type Phase = {
  readonly name: string
  /** Said, not enforced, when a phase takes longer. */
  readonly budgetMinutes: number
  readonly steps: readonly (readonly string[])[]
  readonly env?: Readonly<Record<string, string>>
}

/** Runs phases in order, each step as a process of its own; stops at the first that fails. Resolves with the exit code. */
export async function runPhases(phases: readonly Phase[], root: string): Promise<number> {
  const times: string[] = []
  for (const { name, budgetMinutes, steps, env } of phases) {
    const start = performance.now()
    let status = 0
    for (const [program, ...args] of steps) {
      say(`\n> ${name}: ${[program, ...args].join(' ')}`)
      status = await runProcess(program, args, root, env)
      if (status !== 0) break
    }
    const minutes = (performance.now() - start) / 60_000
    times.push(
      `${name} ${minutes.toFixed(1)} of ${budgetMinutes} min${minutes > budgetMinutes ? ' (over budget)' : ''}`,
    )
    if (status !== 0) {
      say(`\n${name} failed (${times.join(', ')})`)
      return status
    }
  }
  say(`\nAll phases passed: ${times.join(', ')}`)
  return 0
}

export function runProcess(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      stdio: 'inherit',
      env: { ...process.env, ...env },
      shell: process.platform === 'win32',
    })
    const forward = (signal: NodeJS.Signals) => child.kill(signal)
    process.on('SIGINT', forward)
    process.on('SIGTERM', forward)
    child.once('error', reject)
    child.once('exit', (code) => {
      process.off('SIGINT', forward)
      process.off('SIGTERM', forward)
      resolve(code ?? 1)
    })
  })
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
