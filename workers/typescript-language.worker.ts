import { TypeScriptWorker, initialize, ts } from 'monaco-editor/languages/features/typescript/ts.worker'
import type { Resolution } from 'monaco-editor/languages/features/typescript/ts.worker'
import declarations from 'virtual:client-declarations'
import { CellProject, withoutMagic } from '../src/kernels/typescript/cell-project'
import type { ProjectCell } from '../src/kernels/typescript/cell-project'
import { compileCell } from '../src/kernels/typescript/compile-cell'
import type { CompiledCell } from '../src/protocol/workers/kernel'

/** The page hands the notebook's cells over as an extra library, whose change also checks the live cell again. */
const CELLS_FILE = 'file:///cells.json'

/** Monaco's TypeScript service over the notebook's cells; the same compiler compiles them. */
class CellWorker extends TypeScriptWorker {
  readonly #project = new CellProject(ts.typescript, declarations)
  #seen: string | undefined

  async compileCell(source: string, cells: readonly ProjectCell[]): Promise<CompiledCell> {
    const project = new CellProject(ts.typescript, {})
    project.setCells(cells)
    return Promise.resolve(compileCell(ts.typescript, withoutMagic(source), project.sharedNames()))
  }

  override getScriptFileNames(): string[] {
    this.#readCells()
    const live = super.getScriptFileNames().filter((name) => name !== CELLS_FILE)
    return [...new Set([...this.#project.fileNames(), ...live])]
  }

  override getScriptVersion(file: string): string {
    this.#readCells()
    const own = super.getScriptVersion(file)
    return this.#project.isCell(file) ? `${own}.${this.#project.version}` : own || '1'
  }

  override _getScriptText(file: string): string | undefined {
    const live = this.#project.isCell(file) ? (this._getModel(file)?.getValue() ?? null) : null
    return this.#project.textOf(file, live) ?? super._getScriptText(file)
  }

  resolveModuleNameLiterals(literals: readonly { readonly text: string }[], containingFile: string): Resolution[] {
    return literals.map(({ text }) => {
      const resolvedFileName = this.#project.resolve(text, containingFile)
      if (resolvedFileName === undefined) return { resolvedModule: undefined }
      return { resolvedModule: { resolvedFileName, extension: /(\.d)?\.ts$/.exec(resolvedFileName)?.[0] ?? '.ts' } }
    })
  }

  #readCells(): void {
    const content = this.getExtraLibs()[CELLS_FILE]?.content
    if (content === undefined || content === this.#seen) return
    this.#seen = content
    this.#project.setCells(JSON.parse(content) as ProjectCell[])
  }
}

// The first message starts the service; this takes the place of Monaco's own start.
self.onmessage = () => {
  initialize((context, createData) => new CellWorker(context, createData))
}
