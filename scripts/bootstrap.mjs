// The first thing every npm command runs: plain JavaScript, because on a fresh clone nothing is installed yet.
// It installs what is missing, builds what is out of date, then hands over to the built command line.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [command, ...args] = process.argv.slice(2)

const PAGE_INPUTS = [
  'src',
  'workers',
  'public',
  'index.html',
  'vite.config.ts',
  'package-lock.json',
  'scripts/build-python.mjs',
  'scripts/client-declarations.ts',
  'scripts/slim-monaco.ts',
]
const CLI_INPUTS = ['src', 'bench', 'vite.cli.config.ts', 'package-lock.json']

/** What each command needs before it can run. */
const COMMANDS = {
  start: { needs: ['page', 'cli'] },
  test: { needs: ['page', 'cli'] },
  'test-spark': { needs: ['python', 'cli'] },
  execute: { needs: ['page', 'cli'] },
  bench: { needs: ['python', 'cli'] },
  golden: { needs: ['cli'] },
  check: { needs: ['cli'] },
  build: { needs: ['page'] },
  dev: { needs: ['python'] },
}

if (!(command in COMMANDS)) {
  process.stderr.write(`Unknown command "${command}". Known: ${Object.keys(COMMANDS).join(', ')}.\n`)
  process.exit(2)
}

requireNode()
install()
for (const need of COMMANDS[command].needs) {
  if (need === 'python' || need === 'page') buildPython()
  if (need === 'page') buildOnce('page', PAGE_INPUTS, join(root, 'dist/page'), ['build'])
  if (need === 'cli')
    buildOnce('command line', CLI_INPUTS, join(root, 'dist/cli'), ['build', '--config', 'vite.cli.config.ts'])
}

if (command === 'dev') run('npx', ['vite', ...args])
else if (command !== 'build') {
  const { main } = await import(pathToFileURL(join(root, 'dist/cli/main.js')).href)
  process.exitCode = await main(command, args, root)
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  process.stderr.write(`Runnel needs Node 20.19 or newer; this is ${process.versions.node}.\n`)
  process.exit(1)
}

/** `npm ci` when the lock file is not the one that was installed. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = join(root, 'node_modules/.runnel-installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  say('Installing packages (once) ...')
  run('npm', ['ci', '--no-audit', '--no-fund'])
  writeFileSync(stamp, lock)
}

/** Pyodide's files and our Python packages, compiled, in public/pyodide. */
function buildPython() {
  run(process.execPath, ['scripts/build-python.mjs'])
}

function buildOnce(what, inputs, outDir, viteArgs) {
  const stamp = join(outDir, '.built-from')
  const state = fingerprint(inputs)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return
  say(`Building the ${what} ...`)
  run('npx', ['vite', ...viteArgs, '--logLevel', 'warn'])
  mkdirSync(outDir, { recursive: true })
  writeFileSync(stamp, state)
}

/** Paths, sizes and times of everything a build reads. */
function fingerprint(inputs) {
  const hash = createHash('sha256')
  const visit = (path) => {
    if (!existsSync(path)) return
    const info = statSync(path)
    if (info.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name))
    else hash.update(`${path}\0${info.size}\0${info.mtimeMs}\n`)
  }
  for (const input of inputs) visit(join(root, input))
  return hash.digest('hex')
}

function run(program, programArgs) {
  const { status, error } = spawnSync(program, programArgs, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

function say(line) {
  process.stdout.write(`${line}\n`)
}
