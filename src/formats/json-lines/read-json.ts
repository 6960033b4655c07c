import type { Batch, BytesColumn, Column, StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import { compileJsonParser } from '../../engine/codecs/json/compile-json-parser'
import type { JsonParser } from '../../engine/codecs/json/compile-json-parser'
import { JsonSchemaInference } from '../../engine/codecs/json/infer-schema'
import { jsonReadOptions } from '../../engine/codecs/json/json-options'
import type { JsonReadOptions } from '../../engine/codecs/json/json-options'
import { splitRecords } from './split-records'

const ROWS_PER_BATCH = 16_384

/** How the files of one read are read: Spark's JSON options with the file reader's own defaults. */
export function jsonFileOptions(options: Readonly<Record<string, string>>, todayDays?: () => number): JsonReadOptions {
  const multiLine = Object.entries(options).some(
    ([key, value]) => key.toLowerCase() === 'multiline' && value.toLowerCase() === 'true',
  )
  return jsonReadOptions(options, {
    allowArrayAsStructs: true,
    exactStrings: !multiLine,
    ...(todayDays ? { todayDays } : {}),
  })
}

/**
 * Reads JSON files into batches of `schema` cut to `columns` (null = all, in the schema's order). One compiled parser
 * serves every file, so that dictionaries grow over all of them.
 */
export class JsonFileReader {
  readonly schema: StructType
  readonly #options: JsonReadOptions
  readonly #parser: JsonParser | null

  constructor(schema: StructType, columns: readonly string[] | null, options: JsonReadOptions) {
    const fields = columns === null ? schema.fields : schema.fields.filter((field) => columns.includes(field.name))
    if (fields.length > 0 && fields.every((field) => field.name === options.columnNameOfCorruptRecord))
      throw onlyCorruptRecords()
    this.schema = { kind: 'struct', fields }
    this.#options = options
    this.#parser = fields.length === 0 && columns === null ? null : compileJsonParser(this.schema, options)
  }

  /** Rows of one file. */
  *read(bytes: Uint8Array): Generator<Batch> {
    const records = splitRecords(bytes, this.#options)
    for (let start = 0; start < records.length; start += ROWS_PER_BATCH) {
      const length = Math.min(ROWS_PER_BATCH, records.length - start)
      const part: BytesColumn = { ...records, length, offsets: records.offsets.subarray(start, start + length + 1) }
      const column = this.#parser === null ? null : this.#parser.parseRecords(part)
      const numRows = column === null ? length : column.length
      if (numRows > 0) yield { schema: this.schema, numRows, columns: childrenOf(column) }
    }
  }
}

/** The schema of JSON files as Spark infers it; columns by name. */
export function inferJsonSchema(files: Iterable<Uint8Array>, options: JsonReadOptions): StructType {
  const inference = new JsonSchemaInference(options)
  for (const bytes of files) inference.add(splitRecords(bytes, options))
  return inference.schema()
}

function childrenOf(column: Column | null): readonly Column[] {
  return column?.layout === 'struct' ? column.children : []
}

function onlyCorruptRecords() {
  return userError(
    'UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN',
    'The feature is not supported: Queries from raw JSON/CSV/XML files are disallowed when the\n' +
      'referenced columns only include the internal corrupt record column\n' +
      '(named `_corrupt_record` by default). For example:\n' +
      '`spark.read.schema(schema).json(file).filter($"_corrupt_record".isNotNull).count()`\n' +
      'and `spark.read.schema(schema).json(file).select("_corrupt_record").show()`.\n' +
      'Instead, you can cache or save the parsed results and then send the same query.\n' +
      'For example, `val df = spark.read.schema(schema).json(file).cache()` and then\n' +
      '`df.filter($"_corrupt_record".isNotNull).count()`.',
    { sqlState: '0A000', hint: 'Select another column too, or save the rows to a table first.' },
  )
}
