import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/**
 * The rules of the house, as data. A room may import itself and the rooms listed; packages likewise.
 * `npm` entries are package names; sub-paths of them count.
 */
const ROOMS: Record<string, { rooms: readonly string[]; npm: readonly string[] }> = {
  protocol: { rooms: [], npm: ['@bufbuild/protobuf', 'comlink'] },
  client: { rooms: ['protocol'], npm: ['@bufbuild/protobuf'] },
  engine: { rooms: ['protocol'], npm: ['@bufbuild/protobuf', 'apache-arrow'] },
  formats: { rooms: ['engine', 'protocol'], npm: ['hyparquet', 'hyparquet-writer', 'hysnappy', 'fzstd'] },
  storage: { rooms: ['engine', 'protocol'], npm: ['node:'] },
  broker: { rooms: ['storage', 'engine', 'protocol'], npm: [] },
  delta: { rooms: ['storage', 'formats', 'engine', 'protocol'], npm: [] },
  sources: { rooms: ['delta', 'broker', 'storage', 'formats', 'engine', 'protocol'], npm: [] },
  sinks: { rooms: ['delta', 'broker', 'storage', 'formats', 'engine', 'protocol'], npm: [] },
  kernels: {
    rooms: ['client', 'protocol'],
    npm: ['@bufbuild/protobuf', 'apache-arrow', 'comlink', 'pyodide', 'typescript'],
  },
  runtime: {
    rooms: ['sinks', 'sources', 'delta', 'broker', 'storage', 'formats', 'engine', 'protocol'],
    npm: ['@bufbuild/protobuf', 'comlink', 'node:'],
  },
  workers: {
    rooms: ['runtime', 'kernels', 'client', 'protocol'],
    npm: ['comlink', 'pyodide', 'monaco-editor', 'virtual:'],
  },
  cli: { rooms: ['runtime', 'kernels', 'client', 'protocol'], npm: ['node:', '@playwright/test', 'vite', 'vitest'] },
  ui: { rooms: [], npm: ['react', '@fluentui', '@tanstack/react-virtual', 'uplot'] },
  notebook: {
    rooms: ['ui', 'client', 'protocol'],
    npm: [
      'react',
      '@fluentui',
      '@tanstack/react-virtual',
      'monaco-editor',
      'markdown-it',
      'dompurify',
      'zustand',
      'immer',
    ],
  },
  explorer: {
    rooms: ['ui', 'client', 'protocol'],
    npm: ['react', '@fluentui', '@tanstack/react-virtual', 'zustand', 'immer'],
  },
  monitoring: { rooms: ['ui', 'client', 'protocol'], npm: ['react', '@fluentui', 'uplot', 'zustand', 'immer'] },
  teaching: { rooms: ['ui', 'client', 'protocol'], npm: ['react', '@fluentui', 'zustand', 'immer'] },
  app: {
    rooms: ['notebook', 'explorer', 'monitoring', 'teaching', 'ui', 'client', 'protocol'],
    npm: ['react', 'react-dom', '@fluentui', 'react-resizable-panels', 'zustand', 'immer', 'tinykeys', 'comlink'],
  },
}

/** Rooms whose sub-folders must not import each other. */
const SEPARATE = ['sources', 'sinks']
/** Folders of tests and test support: free to import anything, imported by no one. */
const TEST_SUPPORT =
  /(\.test\.tsx?$|\.contract\.ts$|\.page\.ts$|\.bench\.ts$|\.arbitrary\.ts$|\.fixture\.tsx?$|^src\/testing\/|\/testing\/)/

const root = resolve(__dirname, '..')

type Edge = { from: string; to: string; isType: boolean }

const files = [...sourceFiles(join(root, 'src')), ...sourceFiles(join(root, 'workers'))]
const known = new Set(files)
const edges: Edge[] = []
const packages: { from: string; name: string }[] = []
for (const file of files) readImports(file)

describe('architecture', () => {
  test('every room is listed with what it may import', () => {
    const rooms = new Set(files.map(roomOf).filter((room) => room !== 'testing' && room !== ''))
    expect([...rooms].filter((room) => !(room in ROOMS))).toEqual([])
  })

  test('imports point one way', () => {
    const forbidden = edges.filter(({ from, to }) => {
      if (TEST_SUPPORT.test(from)) return false
      const [a, b] = [roomOf(from), roomOf(to)]
      if (b === 'testing') return true
      if (a === b) return SEPARATE.includes(a) && partOf(from) !== partOf(to) && isFolder(from) && isFolder(to)
      // A worker file may be named by another worker file and by the page's composition root, as a URL; that is no import.
      return a !== '' && !ROOMS[a]?.rooms.includes(b)
    })
    expect(forbidden.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  test('packages are used where they belong', () => {
    const forbidden = packages.filter(({ from, name }) => {
      if (TEST_SUPPORT.test(from)) return false
      return !ROOMS[roomOf(from)]?.npm.some(
        (allowed) => name === allowed || name.startsWith(allowed.endsWith(':') ? allowed : `${allowed}/`),
      )
    })
    expect(forbidden.map(({ from, name }) => `${from} -> ${name}`)).toEqual([])
  })

  test('no values are imported in a circle', () => {
    expect(findCycle()).toBeNull()
  })

  test('test support is imported by tests alone', () => {
    const wrong = edges.filter(({ from, to }) => TEST_SUPPORT.test(to) && !TEST_SUPPORT.test(from))
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })
})

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => relative(root, join(folder, name)).replaceAll('\\', '/'))
}

function roomOf(file: string): string {
  const parts = file.split('/')
  if (parts[0] === 'workers') return 'workers'
  return parts.length > 2 ? parts[1] : ''
}

function partOf(file: string): string {
  return file.split('/')[2]
}

function isFolder(file: string): boolean {
  return file.split('/').length > 3
}

function readImports(file: string): void {
  const text = readFileSync(join(root, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false)
  const add = (specifier: string, isType: boolean) => {
    if (!specifier.startsWith('.')) {
      packages.push({ from: file, name: specifier })
      return
    }
    const base = relative(root, resolve(root, dirname(file), specifier.replace(/\?.*$/, ''))).replaceAll('\\', '/')
    const to = [base, `${base}.ts`, `${base}.tsx`, `${base}/index.ts`].find((candidate) => known.has(candidate))
    if (to !== undefined) edges.push({ from: file, to, isType })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node.moduleSpecifier.text, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node.moduleSpecifier.text, node.isTypeOnly)
    } else if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      ts.isStringLiteral(node.argument.literal)
    ) {
      add(node.argument.literal.text, true)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      // A lazy import runs later: it counts for rooms, not for circles.
      const [argument] = node.arguments
      if (argument && ts.isStringLiteral(argument)) add(argument.text, true)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
}

/** The files of one circle of value imports, first file repeated at the end; null when there is none. */
function findCycle(): string[] | null {
  const next = new Map<string, string[]>()
  for (const { from, to, isType } of edges) if (!isType) next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  const path: string[] = []
  const walk = (file: string): string[] | null => {
    const at = path.indexOf(file)
    if (at >= 0) return [...path.slice(at), file]
    if (done.has(file)) return null
    path.push(file)
    for (const to of next.get(file) ?? []) {
      const cycle = walk(to)
      if (cycle) return cycle
    }
    path.pop()
    done.add(file)
    return null
  }
  for (const file of next.keys()) {
    const cycle = walk(file)
    if (cycle) return cycle
  }
  return null
}
