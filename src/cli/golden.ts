import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runProcess, say } from './phases'
import { preparePython } from './test-spark'

/** `npm run golden [name]`: asks the real Spark again and records what it answers, stamped with its version. */
export async function run([only]: string[], root: string): Promise<number> {
  const python = preparePython(root)
  if (python === null || !prepareConnect(python)) return 1
  const folder = join(root, 'src/testing/golden')
  const generators = readdirSync(folder).filter((name) => name.startsWith('generate-') && name.endsWith('.py'))
  const wanted = generators.filter((name) => only === undefined || name === `generate-${only}.py`)
  if (wanted.length === 0) {
    say(
      `No generator "${only}". Known: ${generators.map((name) => name.slice('generate-'.length, -'.py'.length)).join(', ')}.`,
    )
    return 2
  }
  for (const name of wanted) {
    say(`> ${name}`)
    const status = await runProcess(python, [join(folder, name)], root)
    if (status !== 0) return status
  }
  return 0
}

/** What Spark's Connect client needs beside pyspark: it records the plans. */
const CONNECT_PACKAGES = ['grpcio', 'grpcio-status', 'googleapis-common-protos', 'zstandard', 'pandas', 'pyarrow']

function prepareConnect(python: string): boolean {
  const works = () => spawnSync(python, ['-c', 'import pyspark.sql.connect.session'], { stdio: 'ignore' }).status === 0
  if (works()) return true
  say('Installing the packages of the Connect client (once) ...')
  spawnSync(python, ['-m', 'pip', 'install', '-q', ...CONNECT_PACKAGES], { stdio: 'inherit' })
  if (works()) return true
  say('The Connect client cannot be imported: its packages did not install.')
  return false
}
