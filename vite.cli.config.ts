import { builtinModules } from 'node:module'
import { defineConfig } from 'vite'

/** The command line, built for Node, which does not run TypeScript by itself before version 22. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: 'src/cli/main.ts',
    outDir: 'dist/cli',
    emptyOutDir: true,
    target: 'node20',
    rollupOptions: {
      external: [...builtinModules, /^node:/, /^@playwright/, /^playwright/, /^vite$/, /^vitest/, /^@duckdb/],
      output: { entryFileNames: 'main.js' },
    },
  },
})
