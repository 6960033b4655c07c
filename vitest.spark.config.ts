import { defineConfig } from 'vitest/config'

/** Comparisons with the real Spark and delta-rs: one at a time, each starts a JVM. */
export default defineConfig({
  test: {
    include: ['src/**/*.spark.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
})
