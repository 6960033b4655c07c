import type { FileInfo } from '../../engine/ports/file-store'
import type { OptionMap } from '../../engine/ports/options'
import type { ScanContext, SchemaContext, SourceContext, SourceDefinition } from '../../engine/ports/source'
import { nullableSchema } from '../../engine/codecs/json/compile-json-parser'
import type { JsonReadOptions } from '../../engine/codecs/json/json-options'
import { inferJsonSchema, JsonFileReader, jsonFileOptions } from '../../formats/json-lines/read-json'
import { resolvePath } from '../../storage/paths'
import type { Batch, StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import { JsonFileStream } from './file-stream'
import { listFiles } from './list-files'
import { fileStreamOptions } from './options'

/**
 * JSON files: `spark.read.json(path)` and `spark.readStream.schema(...).json(path)`. Every column is nullable; a batch read
 * without a schema infers it from all files.
 *
 * Offset  `{"logOffset":N}`: entry N of `sources/<n>` names the files
 * State   `sources/<n>/N`, each tenth a compaction
 * Errors  `PATH_NOT_FOUND`, `UNABLE_TO_INFER_SCHEMA`, a stream without a schema; `FAILED_READ_FILE.FILE_NOT_EXIST` when a
 *         file of the batch is gone; those of the JSON options and modes
 * Source  Spark 4.1 FileStreamSource, JsonFileFormat
 */
export const definition: SourceDefinition = {
  name: 'json',

  async schema(options: OptionMap, userSchema: StructType | null, context: SchemaContext): Promise<StructType> {
    if (context.streaming) {
      const path = requiredPath(options)
      if (userSchema === null) throw schemaRequired()
      await requireFolder(context, path)
      return nullableSchema(userSchema) as StructType
    }
    if (userSchema !== null) return nullableSchema(userSchema) as StructType
    const files = await requiredFiles(options, context)
    const contents = await Promise.all(files.map((file) => context.files.read(file.path)))
    const schema = inferJsonSchema(contents, readOptions(options))
    if (schema.fields.length === 0 && files.length === 0) throw unableToInfer()
    return schema
  },

  async open(options: OptionMap, userSchema: StructType | null, context: SourceContext) {
    if (userSchema === null) throw schemaRequired()
    return JsonFileStream.open({
      files: context.files,
      metadataPath: context.metadataPath,
      path: resolvePath(requiredPath(options)).path,
      options: fileStreamOptions(options),
      jsonOptions: readOptions(options, context.clock),
      schema: nullableSchema(userSchema) as StructType,
    })
  },

  async *scan(
    options: OptionMap,
    schema: StructType,
    columns: readonly string[] | null,
    context: ScanContext,
  ): AsyncIterable<Batch> {
    const files = await requiredFiles(options, context)
    const reader = new JsonFileReader(schema, columns, readOptions(options, context.clock))
    // Spark packs larger files first; by name is the order people expect of a small folder.
    for (const file of files.sort((a, b) => (a.path < b.path ? -1 : 1)))
      yield* reader.read(await context.files.read(file.path))
  },
}

function readOptions(options: OptionMap, clock?: ScanContext['clock']): JsonReadOptions {
  return jsonFileOptions(options.toObject(), clock && (() => Math.floor(clock.nowMs() / 86_400_000)))
}

/** `load(path)`, or several as a JSON list in `paths`. */
function pathsOf(options: OptionMap): string[] {
  const paths = options.get('paths')
  if (paths !== undefined) return JSON.parse(paths) as string[]
  const path = options.get('path')
  return path === undefined ? [] : [path]
}

function requiredPath(options: OptionMap): string {
  const [path] = pathsOf(options)
  if (path !== undefined) return path
  throw userError('_LEGACY_ERROR_TEMP_2047', "'path' is not specified.", {
    exception: 'IllegalArgumentException',
    hint: 'Name the folder: .load("Files/events").',
  })
}

async function requiredFiles(options: OptionMap, context: Pick<ScanContext, 'files'>): Promise<FileInfo[]> {
  const filter = {
    pathGlobFilter: options.get('pathGlobFilter') ?? null,
    recursiveFileLookup: options.get('recursiveFileLookup')?.toLowerCase() === 'true',
  }
  const found: FileInfo[] = []
  for (const written of pathsOf(options)) {
    const { path } = resolvePath(written)
    const files = await listFiles(context.files, path, filter)
    if (files === null) throw pathNotFound(`file:${path}`)
    found.push(...files)
  }
  return found
}

async function requireFolder(context: SchemaContext, written: string): Promise<void> {
  const { path } = resolvePath(written)
  if (/[*?[{]/.test(path) || (await context.files.stat(path)) !== null) return
  throw pathNotFound(written)
}

function pathNotFound(path: string) {
  return userError('PATH_NOT_FOUND', `Path does not exist: ${path}.`, {
    sqlState: '42K03',
    parameters: { path },
    hint: 'Upload files under Files first, or create the folder; paths without a leading slash start in the default lakehouse.',
  })
}

function schemaRequired() {
  return userError(
    '_LEGACY_ERROR_TEMP_2048',
    "Schema must be specified when creating a streaming source DataFrame. If some files already exist in the directory, then depending on the file format you may be able to create a static DataFrame on that directory with 'spark.read.load(directory)' and infer schema from it.",
    { exception: 'IllegalArgumentException', hint: 'Add .schema("id BIGINT, name STRING") before .load(...).' },
  )
}

function unableToInfer() {
  return userError('UNABLE_TO_INFER_SCHEMA', 'Unable to infer schema for JSON. It must be specified manually.', {
    sqlState: '42KD9',
    parameters: { format: 'JSON' },
    hint: 'The folder has no files yet: give the schema with .schema("...").',
  })
}
