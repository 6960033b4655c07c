import type { DataType } from '../../../protocol/columns'
import { userError } from '../../../protocol/errors/runnel-error'
import type { RunnelError } from '../../../protocol/errors/runnel-error'
import { decimalText } from '../../batch/to-values'
import { formatDouble, formatFloat } from '../../expressions/casts/format-values'
import { sqlName } from '../../types/type-names'
import { decodeJavaUtf8 } from './decode-java-utf8'
import type { MapValue, StructValue } from './slow-parser'

const HINT = 'Use mode PERMISSIVE and a _corrupt_record STRING field to keep such records and look at them.'

/** FAILFAST met a malformed record; `row` is what could be read of it. */
export function malformedRecord(
  schema: DataType,
  dataSchema: DataType,
  row: StructValue | null,
  corruptIndex: number,
  record: Uint8Array,
  isArrayOfStructs: boolean,
): RunnelError {
  const text = decodeJavaUtf8(record)
  const failFastMode = 'FAILFAST'
  if (isArrayOfStructs) {
    return error(
      'MALFORMED_RECORD_IN_PARSING.CANNOT_PARSE_JSON_ARRAYS_AS_STRUCTS',
      text,
      ' Parsing JSON arrays as structs is forbidden.',
      'SparkRuntimeException',
    )
  }
  const fields = dataSchema.kind === 'struct' ? dataSchema.fields.map((field) => field.type) : [schema]
  const values = fields.map((type, i) => internalText(row?.[i] ?? null, type))
  if (corruptIndex >= 0) values.splice(corruptIndex, 0, text)
  return error('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', `[${values.join(',')}]`, ' ', 'SparkException')

  function error(
    condition: string,
    badRecord: string,
    suggestion: string,
    exception: 'SparkException' | 'SparkRuntimeException',
  ) {
    const message =
      `Malformed records are detected in record parsing: ${badRecord}.\n` +
      `Parse Mode: ${failFastMode}. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.${suggestion}`
    return userError(condition, message, {
      sqlState: '22023',
      exception,
      parameters: { badRecord, failFastMode },
      hint: HINT,
    })
  }
}

/** A mode from_json has no use for. */
export function unsupportedParseMode(funcName: string, mode: string): RunnelError {
  return userError(
    'PARSE_MODE_UNSUPPORTED',
    `The function \`${funcName}\` doesn't support the ${mode} mode. Acceptable modes are PERMISSIVE and FAILFAST.`,
    {
      sqlState: '42601',
      parameters: { funcName: `\`${funcName}\``, mode },
      hint: 'Read with mode PERMISSIVE and filter the rows that are NULL.',
    },
  )
}

export function invalidCorruptRecordType(name: string, type: DataType): RunnelError {
  return userError(
    'INVALID_CORRUPT_RECORD_TYPE',
    `The column \`${name}\` for corrupt records must have the nullable STRING type, but got "${sqlName(type)}".`,
    {
      sqlState: '42804',
      parameters: { columnName: `\`${name}\``, actualType: `"${sqlName(type)}"` },
      hint: `Give ${name} the type STRING.`,
    },
  )
}

/** A value as Spark prints its inner form: dates as day numbers, times as microseconds. */
function internalText(value: unknown, type: DataType): string {
  if (value === null || value === undefined) return 'null'
  switch (type.kind) {
    case 'boolean':
      return value === 1 ? 'true' : 'false'
    case 'double':
      return formatDouble(value as number)
    case 'float':
      return formatFloat(value as number)
    case 'decimal':
      return decimalText(value as bigint, type.scale)
    case 'struct':
      return `[${type.fields.map((field, i) => internalText((value as StructValue)[i], field.type)).join(',')}]`
    case 'array':
      return `[${(value as unknown[]).map((element) => internalText(element, type.elementType)).join(',')}]`
    case 'map': {
      const { keys, values } = value as MapValue
      return `keys: [${keys.join(',')}], values: [${values.map((entry) => internalText(entry, type.valueType)).join(',')}]`
    }
    default:
      return `${value as string | number | bigint}`
  }
}
