import { readFileSync } from 'node:fs'

/** What real Spark said about sinks; made by `generate-sinks.py`, never edited by hand. */
export type GoldenAnswer = {
  readonly exception: string
  readonly text: string
  readonly condition?: string
  readonly sqlState?: string
}

export type DeltaWriteCase = {
  readonly steps: readonly {
    readonly ddl: string
    readonly rows: readonly (readonly unknown[])[]
    readonly mode: string | null
    readonly options: Readonly<Record<string, string>>
    readonly partitionBy: readonly string[]
    readonly error: GoldenAnswer | null
  }[]
  readonly table: DeltaTableState | null
}

export type DeltaTableState = {
  readonly columns: readonly (readonly [string, string])[]
  readonly rows: readonly (readonly unknown[])[]
  readonly partitionColumns: readonly string[]
  readonly operations: readonly (readonly [string, Readonly<Record<string, string | null>>])[]
}

export type ConsoleCase = {
  readonly ddl: string
  readonly batches: readonly (readonly Readonly<Record<string, unknown>>[])[]
  readonly options: Readonly<Record<string, string>>
  readonly mode: string
  readonly text?: string
  readonly error?: GoldenAnswer
}

export type SinksGolden = {
  readonly spark: string
  readonly delta: string
  readonly console: Readonly<Record<string, ConsoleCase>>
  readonly memory: Readonly<Record<string, unknown>>
  readonly foreach: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly 'delta writes': Readonly<Record<string, DeltaWriteCase>>
  readonly 'delta streams': Readonly<
    Record<string, { readonly error: GoldenAnswer | null; readonly table?: DeltaTableState }>
  >
}

export type KafkaAnswer = GoldenAnswer & { readonly chain: readonly (readonly [string, string])[] }

export type KafkaOptionCase = {
  readonly options: Readonly<Record<string, string>>
  readonly streamLoad: KafkaAnswer | null
  readonly streamRun?: KafkaAnswer | null
  /** Start and end offset and rows of each batch. */
  readonly streamOffsets?: readonly (readonly [unknown, unknown, number])[]
  readonly batchLoad: KafkaAnswer | null
  readonly batchRun?: KafkaAnswer | null
  readonly batchRows?: number
}

/** Made by `generate-kafka.py` against a real Kafka broker. */
export type KafkaGolden = {
  readonly options: readonly KafkaOptionCase[]
  readonly userSchema: Readonly<Record<'stream' | 'batch', KafkaAnswer>>
  readonly schemas: Readonly<Record<'plain' | 'headers' | 'batch', unknown>>
  readonly progress: Readonly<
    Record<
      string,
      readonly {
        readonly sources: readonly {
          readonly description: string
          readonly startOffset: unknown
          readonly endOffset: unknown
          readonly latestOffset: unknown
          readonly numInputRows: number
          readonly metrics: Readonly<Record<string, string>>
        }[]
      }[]
    >
  >
  readonly checkpoint: Readonly<Record<string, string>>
  readonly loss: Readonly<Record<string, KafkaAnswer>>
  readonly sink: Readonly<
    Record<
      string,
      {
        readonly ddl: string
        readonly rows: readonly (readonly unknown[])[]
        readonly options: Readonly<Record<string, string>>
        readonly batch: KafkaAnswer | null
        readonly stream: KafkaAnswer | null
        readonly description?: string
      }
    >
  >
  readonly saveModes: Readonly<Record<string, KafkaAnswer | null>>
  /** Partition of five that each key went to. */
  readonly murmur2: Readonly<Record<string, number>>
  readonly rows: readonly (readonly unknown[])[]
}

export function sinksGolden(): SinksGolden {
  return read('sinks.json') as SinksGolden
}

export function kafkaGolden(): KafkaGolden {
  return read('kafka.json') as KafkaGolden
}

/** The words after `terminated with exception:`, or the text itself. */
export function wordsOf(answer: GoldenAnswer): string {
  const failed = /terminated with exception: (.*?)(?: SQLSTATE: XXKST.*)?$/s.exec(answer.text)
  return (failed?.[1] ?? answer.text).trim()
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./${name}`, import.meta.url), 'utf8'))
}
