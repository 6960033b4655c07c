import { create } from '@bufbuild/protobuf'
import type { DataType, StructField, StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import { DataTypeSchema } from '../../protocol/spark-connect'
import type { DataType as ConnectDataType } from '../../protocol/spark-connect'

/** A `spark.connect.DataType` message as ours. Throws `UNSUPPORTED_DATATYPE` for types the engine has no columns for. */
export function typeFromConnect(message: ConnectDataType): DataType {
  const { kind } = message
  switch (kind.case) {
    case 'null':
      return { kind: 'void' }
    case 'boolean':
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
    case 'string':
    case 'binary':
    case 'date':
    case 'timestamp':
      return { kind: kind.case }
    case 'timestampNtz':
      return { kind: 'timestamp_ntz' }
    case 'char':
    case 'varChar':
      return { kind: 'string' }
    case 'decimal':
      return { kind: 'decimal', precision: kind.value.precision ?? 10, scale: kind.value.scale ?? 0 }
    case 'yearMonthInterval': {
      const start = kind.value.startField ?? 0
      return {
        kind: 'year-month-interval',
        startField: start as 0 | 1,
        endField: (kind.value.endField ?? (kind.value.startField === undefined ? 1 : start)) as 0 | 1,
      }
    }
    case 'dayTimeInterval': {
      const start = kind.value.startField ?? 0
      const end = kind.value.endField ?? (kind.value.startField === undefined ? 3 : start)
      return { kind: 'day-time-interval', startField: start as 0 | 1 | 2 | 3, endField: end as 0 | 1 | 2 | 3 }
    }
    case 'array':
      return { kind: 'array', elementType: required(kind.value.elementType), containsNull: kind.value.containsNull }
    case 'map':
      return {
        kind: 'map',
        keyType: required(kind.value.keyType),
        valueType: required(kind.value.valueType),
        valueContainsNull: kind.value.valueContainsNull,
      }
    case 'struct':
      return { kind: 'struct', fields: kind.value.fields.map(fieldFromConnect) }
    case 'udt':
      return required(kind.value.sqlType)
    default:
      throw unsupported(kind.case ?? 'unset')
  }
}

/** As `typeFromConnect`, for a message that must be a struct. */
export function schemaFromConnect(message: ConnectDataType): StructType {
  const type = typeFromConnect(message)
  return type.kind === 'struct' ? type : { kind: 'struct', fields: [{ name: 'value', type, nullable: true }] }
}

function fieldFromConnect(field: {
  name: string
  dataType?: ConnectDataType
  nullable: boolean
  metadata?: string
}): StructField {
  const metadata =
    field.metadata === undefined || field.metadata === '' ? {} : (JSON.parse(field.metadata) as Record<string, unknown>)
  return {
    name: field.name,
    type: required(field.dataType),
    nullable: field.nullable,
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  }
}

function required(message: ConnectDataType | undefined): DataType {
  if (message === undefined) throw unsupported('unset')
  return typeFromConnect(message)
}

function unsupported(name: string) {
  return userError('UNSUPPORTED_DATATYPE', `Unsupported data type "${name.toUpperCase()}".`, {
    sqlState: '0A000',
    parameters: { typeName: `"${name.toUpperCase()}"` },
    hint: 'This type is not available here yet; cast the column to another type first.',
  })
}

/** Our type as a `spark.connect.DataType` message (AnalyzePlan schema, ExecutePlanResponse schema). */
export function typeToConnect(type: DataType): ConnectDataType {
  switch (type.kind) {
    case 'void':
      return create(DataTypeSchema, { kind: { case: 'null', value: {} } })
    case 'timestamp_ntz':
      return create(DataTypeSchema, { kind: { case: 'timestampNtz', value: {} } })
    case 'string':
      return create(DataTypeSchema, { kind: { case: 'string', value: { collation: 'UTF8_BINARY' } } })
    case 'decimal':
      return create(DataTypeSchema, {
        kind: { case: 'decimal', value: { precision: type.precision, scale: type.scale } },
      })
    case 'year-month-interval':
      return create(DataTypeSchema, {
        kind: { case: 'yearMonthInterval', value: { startField: type.startField, endField: type.endField } },
      })
    case 'day-time-interval':
      return create(DataTypeSchema, {
        kind: { case: 'dayTimeInterval', value: { startField: type.startField, endField: type.endField } },
      })
    case 'array':
      return create(DataTypeSchema, {
        kind: {
          case: 'array',
          value: { elementType: typeToConnect(type.elementType), containsNull: type.containsNull },
        },
      })
    case 'map':
      return create(DataTypeSchema, {
        kind: {
          case: 'map',
          value: {
            keyType: typeToConnect(type.keyType),
            valueType: typeToConnect(type.valueType),
            valueContainsNull: type.valueContainsNull,
          },
        },
      })
    case 'struct':
      return create(DataTypeSchema, {
        kind: {
          case: 'struct',
          value: {
            fields: type.fields.map((field) => ({
              name: field.name,
              dataType: typeToConnect(field.type),
              nullable: field.nullable,
              ...(field.metadata ? { metadata: JSON.stringify(field.metadata) } : {}),
            })),
          },
        },
      })
    default:
      return create(DataTypeSchema, { kind: { case: type.kind, value: {} } })
  }
}
