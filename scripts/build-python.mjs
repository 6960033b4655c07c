// Builds public/pyodide/: Pyodide's own files, a standard library of compiled modules, and our packages compiled.
// Compiled modules start the interpreter in a third of the time (measured: 303 ms instead of 1149 ms).
// Plain JavaScript, needs node and node_modules only. Does nothing when the result is up to date.
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'node_modules', 'pyodide')
const packages = join(root, 'src', 'kernels', 'python', 'packages')
const target = join(root, 'public', 'pyodide')

const COPIED = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'pyodide-lock.json', 'python_stdlib.zip']
const STDLIB = 'python_stdlib_pyc.zip'
const PACKAGES = 'runnel_packages.zip'

const COMPILE = `
import io, zipfile
from importlib import _bootstrap_external, util

def compiled_zip(entries, prefix):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name, content in entries:
            stamp = zipfile.ZipInfo(name + ("c" if name.endswith(".py") else ""), (1980, 1, 1, 0, 0, 0))
            stamp.compress_type = zipfile.ZIP_DEFLATED
            if name.endswith(".py"):
                code = compile(content, prefix + name, "exec", dont_inherit=True)
                content = _bootstrap_external._code_to_hash_pyc(code, util.source_hash(content), False)
            target.writestr(stamp, content)
    return out.getvalue()

def compile_archive(path, prefix):
    with zipfile.ZipFile(path) as archive:
        entries = [(name, archive.read(name)) for name in archive.namelist() if not name.endswith("/")]
    return compiled_zip(entries, prefix)
`

const pythonFiles = listFiles(packages).filter((path) => path.endsWith('.py'))
const stdlibStamp = stamp([join(source, 'package.json'), fileURLToPath(import.meta.url)])
const packagesStamp = stamp([join(source, 'package.json'), fileURLToPath(import.meta.url), ...pythonFiles])
const stampFile = join(target, 'built.json')
const built = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {}
const isStdlibCurrent =
  built.stdlib === stdlibStamp && [...COPIED, STDLIB].every((name) => existsSync(join(target, name)))
const isPackagesCurrent = built.packages === packagesStamp && existsSync(join(target, PACKAGES))

if (!isStdlibCurrent || !isPackagesCurrent) await build()

async function build() {
  mkdirSync(target, { recursive: true })
  const { loadPyodide } = await import('pyodide')
  const pyodide = await loadPyodide({ indexURL: source })
  pyodide.runPython(COMPILE)
  if (!isStdlibCurrent) {
    for (const name of COPIED) {
      copyFileSync(join(source, name), join(target, `${name}.${process.pid}`))
      renameSync(join(target, `${name}.${process.pid}`), join(target, name))
    }
    pyodide.FS.writeFile('/tmp/stdlib.zip', readFileSync(join(source, 'python_stdlib.zip')))
    const compileArchive = pyodide.globals.get('compile_archive')
    publish(STDLIB, compileArchive('/tmp/stdlib.zip', '/lib/python314.zip/').toJs())
  }
  if (!isPackagesCurrent) {
    const entries = pythonFiles.map((path) => [
      relative(packages, path).replaceAll('\\', '/'),
      new Uint8Array(readFileSync(path)),
    ])
    pyodide.globals.set('entries', pyodide.toPy(entries))
    const zip = pyodide.runPython(
      'compiled_zip([(name, bytes(content)) for name, content in entries], "/lib/runnel_packages.zip/")',
    )
    publish(PACKAGES, zip.toJs())
  }
  publish('built.json', JSON.stringify({ stdlib: stdlibStamp, packages: packagesStamp }))
}

/** Written beside, then renamed: two builds at once never show half a file. */
function publish(name, content) {
  writeFileSync(join(target, `${name}.${process.pid}`), content)
  renameSync(join(target, `${name}.${process.pid}`), join(target, name))
}

function stamp(paths) {
  const hash = createHash('sha256')
  for (const path of paths) hash.update(relative(root, path)).update('\0').update(readFileSync(path))
  return hash.digest('hex')
}

function listFiles(folder) {
  const entries = readdirSync(folder, { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    if (entry.name === '__pycache__') return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? listFiles(path) : [path]
  })
}
