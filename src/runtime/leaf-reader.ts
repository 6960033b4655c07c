import type { Batch } from '../protocol/columns'
import { userError } from '../protocol/errors/runnel-error'
import type { CompiledLeaf, CompiledPlan } from '../engine/plan/compiled'
import type { Broker } from '../engine/ports/broker'
import type { Clock } from '../engine/ports/clock'
import type { FileStore } from '../engine/ports/file-store'
import { OptionMap } from '../engine/ports/options'
import type { SourceDefinition, StreamSource } from '../engine/ports/source'
import { reveal } from '../engine/service/secrets'
import { findSource } from '../sources'
import { frozenListing } from './frozen-listing'

const FOLDER_FORMATS: ReadonlySet<string> = new Set(['json', 'csv', 'parquet', 'text'])

type Workspace = { readonly files: FileStore; readonly clock: Clock; readonly broker: Broker }

/** Opens the leaves of a closed plan: secrets put back, formats found in the registry. */
export class LeafReader {
  readonly #workspace: Workspace
  readonly #secrets: Readonly<Record<string, string>>
  readonly #conf: Readonly<Record<string, string>>
  readonly #frozenFiles: FileStore

  constructor(workspace: Workspace, secrets: Readonly<Record<string, string>>, conf: Readonly<Record<string, string>>) {
    this.#workspace = workspace
    this.#secrets = secrets
    this.#conf = conf
    this.#frozenFiles = frozenListing(workspace.files)
  }

  /** One source for each streaming leaf, in plan order. If one cannot be opened, those before it are closed again. */
  async openStreams(plan: CompiledPlan, metadataPath: (source: number) => string): Promise<StreamSource[]> {
    const opened: StreamSource[] = []
    try {
      for (const { input } of plan.leaves.filter((leaf) => leaf.input.isStreaming)) {
        const definition = await this.#definition(input.format)
        if (definition.open === undefined) throw notStreamable(input.format)
        const context = {
          ...this.#workspace,
          broker: () => this.#workspace.broker,
          metadataPath: metadataPath(opened.length),
          conf: this.#conf,
        }
        opened.push(await definition.open(this.#options(input.options), input.userSchema, context))
      }
      return opened
    } catch (thrown) {
      for (const source of opened) await source.close()
      throw thrown
    }
  }

  async *readStatic({ input, columns }: CompiledLeaf): AsyncGenerator<Batch> {
    const definition = await this.#definition(input.format)
    if (definition.scan === undefined) throw notReadable(input.format)
    const { files, clock, broker } = this.#workspace
    // A folder is listed once a run, a table is read at its newest version in each batch: as Spark does.
    const seen = FOLDER_FORMATS.has(input.format) ? this.#frozenFiles : files
    const context = { files: seen, clock, broker: () => broker }
    yield* definition.scan(this.#options(input.options), input.schema, columns, context)
  }

  async #definition(format: string): Promise<SourceDefinition> {
    const definition = await findSource(format)
    if (definition === null) throw dataSourceNotFound(format)
    return definition
  }

  #options(options: Readonly<Record<string, string>>): OptionMap {
    return new OptionMap(revealed(options, this.#secrets))
  }
}

/** Options with their secrets; a secret the session does not hold any more is named. */
export function revealed(
  options: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => {
      const { text, missing } = reveal(value, secrets)
      if (missing.length > 0) throw secretMissing(missing)
      return [key, text]
    }),
  )
}

function secretMissing(names: readonly string[]) {
  return userError('SECRET_MISSING', `The secret ${names.join(', ')} is not in this session.`, {
    exception: 'IllegalArgumentException',
    hint: 'The key is not saved. Paste it into its cell again and run the cell.',
  })
}

function dataSourceNotFound(format: string) {
  return userError(
    'DATA_SOURCE_NOT_FOUND',
    `Failed to find the data source: ${format}. Make sure the provider name is correct and the package is properly ` +
      'registered and compatible with your Spark version.',
    {
      exception: 'SparkException',
      sqlState: '42K02',
      parameters: { provider: format },
      hint: 'This format is not part of Runnel.',
    },
  )
}

function notStreamable(format: string) {
  return userError('_LEGACY_ERROR_TEMP_2052', `Data source ${format} does not support streamed reading.`, {
    exception: 'UnsupportedOperationException',
    hint: 'Read it with spark.read instead of spark.readStream.',
  })
}

function notReadable(format: string) {
  return userError('_LEGACY_ERROR_TEMP_1193', `${format} is not a valid Spark SQL Data Source.`, {
    hint: 'Read it with spark.readStream.',
  })
}
