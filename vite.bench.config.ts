import { defineConfig } from 'vite'

// DuckDB's build, a peer, calls `eval`; it is not ours to change.
const rolldownOptions = { checks: { eval: false } }

/** The bench page: engine cases in dedicated workers. */
export default defineConfig({
  root: 'bench',
  base: './',
  publicDir: false,
  worker: { format: 'es', rolldownOptions },
  build: { outDir: '../dist/bench', emptyOutDir: true, target: 'es2023', rolldownOptions },
})
