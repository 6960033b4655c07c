import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runProcess, say } from './phases'

/** The versions Runnel answers to; `package.json` field `runnel` names the same. */
const REQUIREMENTS = ['pyspark==4.1.1', 'delta-spark==4.2.0', 'deltalake==1.6.6']

/** `npm run test:spark`: cases, tables and checkpoints against real Spark; skipped, aloud, without Python or Java. */
export async function run(_args: string[], root: string): Promise<number> {
  const python = preparePython(root)
  if (python === null) {
    say('0 passed, 0 failed, 1 skipped')
    return 0
  }
  return runProcess('npx', ['vitest', 'run', '--config', 'vitest.spark.config.ts'], root, { RUNNEL_PYTHON: python })
}

/** A virtual environment with the pinned packages, made once; null when the machine cannot have one. */
export function preparePython(root: string): string | null {
  if (!works('java', ['-version'])) return skip('Java')
  const system = ['python3', 'python'].find((name) =>
    works(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']),
  )
  if (system === undefined) return skip('Python 3.10 or newer')
  const folder = join(root, '.venv-spark')
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (!existsSync(python) && !works(system, ['-m', 'venv', folder])) return skip('the Python module venv')
  const pinned = REQUIREMENTS.map((line) => line.split('=='))
  const check = `import importlib.metadata as m; assert all(m.version(n) == v for n, v in ${JSON.stringify(pinned)})`
  if (works(python, ['-c', check])) return python
  say('Installing pyspark, delta-spark and deltalake (once) ...')
  // delta-spark names an older pyspark as its own; the jars are what matters, and those match.
  const status = spawnSync(
    python,
    [
      '-m',
      'pip',
      'install',
      '-q',
      '--no-deps',
      ...REQUIREMENTS,
      'py4j',
      'importlib-metadata',
      'zipp',
      'arro3-core',
      'deprecated',
      'wrapt',
      'typing-extensions',
    ],
    {
      stdio: 'inherit',
    },
  ).status
  if (status === 0) return python
  throw new Error('pip could not install pyspark, delta-spark and deltalake')
}

function works(program: string, args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

function skip(what: string): null {
  say(`Skipped: the comparison with the real Spark needs ${what}.`)
  return null
}
