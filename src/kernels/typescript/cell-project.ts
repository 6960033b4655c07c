import type * as TypeScript from 'typescript'
import { declaredNames } from './compile-cell'
import type { Compiler } from './compile-cell'
import { CELL_GLOBALS, CELL_MODULE } from './cell-globals'

/** One TypeScript cell as the page knows it, in the order of the notebook. */
export type ProjectCell = { readonly id: string; readonly source: string }

const CELLS = 'file:///cells/'
const API = 'file:///runnel/'
const GLOBALS = `${API}globals.d.ts`
const MODULE = `${API}module.d.ts`

type Names = { readonly values: readonly string[]; readonly types: readonly string[] }

/**
 * The cells of a notebook as one TypeScript project: each cell is a module that exports what it declares and imports what other
 * cells declare (the nearest cell above wins, then those below). What is added stands behind the cell's text, so every place
 * of the text stays where it is.
 */
export class CellProject {
  readonly #ts: Compiler
  /** Declaration files of the API by path under `src/`. */
  readonly #declarations: ReadonlyMap<string, string>
  readonly #names = new Map<string, Names>()
  #cells: readonly ProjectCell[] = []
  #version = 0

  constructor(ts: Compiler, declarations: Readonly<Record<string, string>>) {
    this.#ts = ts
    this.#declarations = new Map(Object.entries(declarations).map(([path, text]) => [`${API}${path}`, text]))
  }

  static fileOf(id: string): string {
    return `${CELLS}${encodeURIComponent(id)}.ts`
  }

  setCells(cells: readonly ProjectCell[]): void {
    this.#cells = cells
    this.#version++
  }

  /** Changes when a cell's surroundings do. */
  get version(): number {
    return this.#version
  }

  fileNames(): string[] {
    return [GLOBALS, ...this.#cells.map(({ id }) => CellProject.fileOf(id))]
  }

  isCell(file: string): boolean {
    return file.startsWith(CELLS)
  }

  /** The whole text of a file; `live` is what the editor holds of a cell. */
  textOf(file: string, live: string | null): string | undefined {
    if (file === GLOBALS) return CELL_GLOBALS
    if (file === MODULE) return CELL_MODULE
    if (!this.isCell(file)) return this.#declarations.get(file)
    const at = this.#cells.findIndex(({ id }) => CellProject.fileOf(id) === file)
    const source = live ?? this.#cells.at(at)?.source
    if (source === undefined || (at === -1 && live === null)) return undefined
    const text = withoutMagic(source)
    return `${text}\n${this.#linksOf(at, text)}`
  }

  /** The file a module specifier means, for API declarations and links between cells. */
  resolve(specifier: string, from: string): string | undefined {
    if (specifier === 'runnel') return MODULE
    if (!specifier.startsWith('.')) return undefined
    const url = new URL(specifier, from).href
    if (this.isCell(url)) return `${url}.ts`
    return [`${url}.d.ts`, `${url}/index.d.ts`].find((path) => path === MODULE || this.#declarations.has(path))
  }

  /** Values that cells declare: a compiled cell finds them in the notebook, also where a global has the name. */
  sharedNames(): string[] {
    return [...new Set(this.#cells.flatMap(({ source }) => this.#namesOf(withoutMagic(source)).values))]
  }

  #linksOf(at: number, text: string): string {
    const own = this.#namesOf(text)
    const declared = new Set([...own.values, ...own.types])
    const from = new Map<string, string>()
    const above = at === -1 ? this.#cells : this.#cells.slice(0, at)
    const below = at === -1 ? [] : this.#cells.slice(at + 1)
    for (const { id, source } of [...[...below].reverse(), ...above]) {
      const names = this.#namesOf(withoutMagic(source))
      for (const name of [...names.values, ...names.types]) if (!declared.has(name)) from.set(name, id)
    }
    const imports = [...Map.groupBy(from, ([, id]) => id)].map(
      ([id, names]) => `import { ${names.map(([name]) => name).join(', ')} } from './${encodeURIComponent(id)}';`,
    )
    return `export { ${[...declared].join(', ')} };${imports.join('')}`
  }

  #namesOf(text: string): Names {
    const known = this.#names.get(text)
    if (known !== undefined) return known
    // Old texts of the cell being typed.
    if (this.#names.size > 500) this.#names.clear()
    const ts = this.#ts
    const file = ts.createSourceFile('names.ts', text, ts.ScriptTarget.ESNext, false)
    const isType = (statement: TypeScript.Statement) =>
      ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)
    const types = file.statements.flatMap((statement) => (isType(statement) ? typeName(statement) : []))
    const names = { values: declaredNames(ts, file).filter((name) => name !== ''), types: [...new Set(types)] }
    this.#names.set(text, names)
    return names
  }
}

function typeName(statement: TypeScript.Statement): string[] {
  const { name } = statement as TypeScript.InterfaceDeclaration | TypeScript.TypeAliasDeclaration
  return name.text === '' ? [] : [name.text]
}

/** The text with its magic line blank: `%%ts` is not TypeScript. */
export function withoutMagic(source: string): string {
  return source.replace(/^\s*%%\w+[^\n]*/, (magic) => magic.replace(/[^\n]/g, ' '))
}
