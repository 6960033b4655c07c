import type { Plugin } from 'vite'

/**
 * Monaco's TypeScript feature brings every contribution of the editor with it (a second command palette on F1 among them) and
 * names its own worker file, which would ship a second TypeScript. We choose features ourselves and give the worker ourselves.
 */
export function slimMonaco(): Plugin {
  return {
    name: 'runnel-slim-monaco',
    enforce: 'pre',
    transform(code, id) {
      const path = id.replaceAll('\\', '/').split('?')[0]
      if (path.endsWith('/monaco-editor/esm/vs/internal/common/workers.js'))
        return code.replace(/^import '\.\.\/\.\.\/(?:editor|base)\/[^']+';$/gm, '')
      if (/\/monaco-editor\/esm\/vs\/languages\/features\/typescript\/workerManager\.js$/.test(path))
        return code.replace(/createWorker: \(\) => new Worker\(.*\),$/m, 'createWorker: undefined,')
      return null
    },
  }
}
