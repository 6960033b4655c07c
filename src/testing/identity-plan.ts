import type { StructType } from '../protocol/columns'
import type { CompiledPlan } from '../engine/plan/compiled'

/** `readStream.format(...).load()` with nothing after it, compiled: one streaming leaf, rows as they come. */
export function identityPlan(schema: StructType, format = 'memory', uses = 1): CompiledPlan {
  return {
    schema,
    isStreaming: true,
    leaves: [
      {
        input: { format, options: {}, schema, userSchema: null, isStreaming: true, label: format, key: format },
        columns: null,
        uses,
      },
    ],
    async *run(read) {
      for (let use = 0; use < uses; use++) yield* read(0)
    },
  }
}
