import type { Batch } from '../../protocol/columns'
import type { Plan } from '../../protocol/spark-connect'
import { arrowStream } from './arrow-ipc'
import { batchFromValues } from './column-values'
import { structFromJson, typeToJson } from './schema-json'

/** What stands in a plan's JSON instead of the data; base64 of `runnel-local:<n>` starts with these characters. */
const PREFIX = 'runnel-local:'
const BASE64_PREFIX = btoa(PREFIX).slice(0, 16)

/**
 * Data of local relations, kept as Arrow beside Python: a plan's JSON holds a token of a few bytes, however often it is sent.
 * Python releases a token when no plan holds it.
 */
export class LocalRelations {
  readonly #data = new Map<string, Uint8Array>()
  #next = 1

  /** Python values (see `column-values.ts`); returns the token, base64. */
  addValues(schemaJson: string, columnsJson: string): string {
    const schema = structFromJson(JSON.parse(schemaJson) as { type: string })
    return this.#add(arrowStream([batchFromValues(schema, JSON.parse(columnsJson) as unknown[][])]))
  }

  addBatches(schema: Batch['schema'], batches: readonly Batch[]): { token: string; schemaJson: string } {
    const empty = schema.fields.map(() => [])
    const data = arrowStream(batches.length === 0 ? [batchFromValues(schema, empty)] : batches)
    return { token: this.#add(data), schemaJson: JSON.stringify(typeToJson(schema)) }
  }

  release(token: string): void {
    this.#data.delete(atob(token))
  }

  get size(): number {
    return this.#data.size
  }

  /** Puts the data in place of every token of the plan. */
  fill(plan: Plan, planJson: string): void {
    if (planJson.includes(BASE64_PREFIX)) this.#fillIn(plan)
  }

  #fillIn(node: unknown): void {
    if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node)) return
    for (const [key, value] of Object.entries(node)) {
      if (key !== 'data' || !(value instanceof Uint8Array)) {
        this.#fillIn(value)
        continue
      }
      const text = value.length < 64 ? new TextDecoder().decode(value) : ''
      if (!text.startsWith(PREFIX)) continue
      const data = this.#data.get(text)
      if (data === undefined) throw new Error(`Local relation ${text} was released while a plan still used it`)
      ;(node as { data: Uint8Array }).data = data
    }
  }

  #add(data: Uint8Array): string {
    const key = `${PREFIX}${this.#next++}`
    this.#data.set(key, data)
    return btoa(key)
  }
}
