import { defineConfig } from 'vite'

/** The bench page: engine cases in dedicated workers. */
export default defineConfig({
  root: 'bench',
  base: './',
  publicDir: false,
  worker: { format: 'es' },
  build: { outDir: '../dist/bench', emptyOutDir: true, target: 'es2023' },
})
