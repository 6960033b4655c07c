import type { RunnelError } from '../../protocol/errors/runnel-error'
import { userError } from '../../protocol/errors/runnel-error'
import { quoteIdentifier } from '../types/type-names'

/** Spark's words for inputs that are not there. */

export function tableOrViewNotFound(identifier: readonly string[], similar: readonly string[]): RunnelError {
  const name = identifier.map(quoteIdentifier).join('.')
  return userError(
    'TABLE_OR_VIEW_NOT_FOUND',
    `The table or view ${name} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the correct schema and catalog.\nTo tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.`,
    {
      sqlState: '42P01',
      parameters: { relationName: name },
      hint:
        similar.length > 0
          ? `Did you mean ${similar.join(' or ')}?`
          : 'No such table yet. A streaming query makes its table when it starts: run the cell that writes it first.',
      ...(similar.length > 0 ? { fix: { from: identifier.at(-1)!, to: similar[0] } } : {}),
    },
  )
}

export function dataSourceNotFound(format: string, known: readonly string[] = []): RunnelError {
  return userError(
    'DATA_SOURCE_NOT_FOUND',
    `Failed to find the data source: ${format}. Make sure the provider name is correct and the package is properly registered and compatible with your Spark version.`,
    {
      sqlState: '42K02',
      exception: 'SparkException',
      parameters: { provider: format },
      hint: known.length > 0 ? `Formats here: ${known.join(', ')}.` : 'Check the name in format("...").',
    },
  )
}

export function pathNotFound(path: string): RunnelError {
  return userError('PATH_NOT_FOUND', `Path does not exist: ${path}.`, {
    sqlState: '42K03',
    parameters: { path },
    hint: 'Look for the folder in the explorer; a stream makes its folder with its first batch.',
  })
}

/** `spark.readStream.table("v")` of a batch view. */
export function notAStreamingView(name: string): RunnelError {
  return userError(
    '_LEGACY_ERROR_TEMP_1008',
    `${name} is not a temp view of streaming logical plan, please use batch API such as \`DataFrameReader.table\` to read it.`,
    {
      hint: `Read it with spark.table("${name}"); only a view of a stream can be read as a stream.`,
      fix: { from: 'readStream', to: 'read' },
    },
  )
}
