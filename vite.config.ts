import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Cross-origin isolation: shared memory for the kernel bridge and the session clock. */
const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

export default defineConfig({
  // Relative, so that the built folder works at any sub-path.
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  // Found late by the dev server otherwise, which reloads the page in the middle of the first start.
  optimizeDeps: { exclude: ['pyodide'] },
  server: { host: 'localhost', port: 4748, strictPort: true, headers: isolationHeaders },
  preview: { host: 'localhost', port: 4747, strictPort: true, headers: isolationHeaders },
  build: { outDir: 'dist/page', target: 'es2023', sourcemap: false, chunkSizeWarningLimit: 4096 },
})
