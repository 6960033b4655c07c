/** Monaco ships no types for its TypeScript worker; these are the parts we build on. */
declare module 'monaco-editor/languages/features/typescript/ts.worker' {
  import type * as TypeScript from 'typescript'

  export const ts: { readonly typescript: typeof TypeScript }
  export type Resolution = {
    readonly resolvedModule: { readonly resolvedFileName: string; readonly extension: string } | undefined
  }
  export class TypeScriptWorker {
    constructor(context: unknown, createData: unknown)
    getExtraLibs(): Readonly<Record<string, { readonly content: string; readonly version: number } | undefined>>
    getScriptFileNames(): string[]
    getScriptVersion(file: string): string
    _getModel(file: string): { getValue(): string } | null
    _getScriptText(file: string): string | undefined
  }
  export function initialize(make: (context: unknown, createData: unknown) => TypeScriptWorker): void
}

/** Declaration files of `src/client` and what they use, by path under `src/`; made by the build. */
declare module 'virtual:client-declarations' {
  const declarations: Readonly<Record<string, string>>
  export default declarations
}
