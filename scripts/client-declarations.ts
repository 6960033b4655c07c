import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import type { Plugin } from 'vite'

const NAME = 'virtual:client-declarations'
const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/**
 * The declarations of the TypeScript API as a module, `{ 'client/column.d.ts': text }`: completion in cells knows the API from
 * them, offline. What the API keeps to itself (`@internal`) is not in them.
 */
export function clientDeclarations(): Plugin {
  return {
    name: 'runnel-client-declarations',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load: (id) => (id === `\0${NAME}` ? `export default ${JSON.stringify(emitDeclarations())}` : null),
  }
}

export function emitDeclarations(): Record<string, string> {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config as {
    compilerOptions: object
  }
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
  const program = ts.createProgram([join(root, 'src/client/index.ts')], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
    types: [],
    outDir: join(root, 'out'),
    rootDir: join(root, 'src'),
  })
  const made = new Map<string, string>()
  program.emit(undefined, (path, text) => {
    made.set(relative(join(root, 'out'), path).replaceAll('\\', '/'), text)
  })
  return Object.fromEntries(reachable(made, 'client/index.d.ts'))
}

/** The files the API's declarations name, directly or through others. */
function reachable(made: ReadonlyMap<string, string>, entry: string): Map<string, string> {
  const found = new Map<string, string>()
  const visit = (path: string) => {
    const text = made.get(path)
    if (text === undefined || found.has(path)) return
    found.set(path, text)
    for (const [, specifier] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
      const target = join(dirname(path), specifier).replaceAll('\\', '/')
      visit(made.has(`${target}.d.ts`) ? `${target}.d.ts` : `${target}/index.d.ts`)
    }
  }
  visit(entry)
  return found
}
