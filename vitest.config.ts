import { defineConfig } from 'vitest/config'

/** Unit, property and golden tests in Node. Browser and real-Spark tests have configurations of their own. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'scripts/**/*.test.ts'],
    exclude: ['**/*.browser.test.ts', '**/*.spark.test.ts', 'node_modules/**'],
    testTimeout: 30_000,
  },
})
