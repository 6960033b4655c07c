import fc from 'fast-check'
import type { DataType, StructField, StructType } from '../../protocol/columns'

/** Random schemas and rows for round-trip tests: every type Parquet holds, nested two deep, NULL wherever the schema allows. */
export function schemaAndRows(maxRows = 12): fc.Arbitrary<{ schema: StructType; rows: unknown[][] }> {
  return fc
    .array(fieldType(2), { minLength: 1, maxLength: 5 })
    .map((fields): StructType => ({ kind: 'struct', fields: named(fields) }))
    .chain((schema) =>
      fc.record({
        schema: fc.constant(schema),
        rows: fc.array(fc.tuple(...schema.fields.map((field) => nullable(valueOf(field.type), field.nullable))), {
          maxLength: maxRows,
        }),
      }),
    )
}

type Field = { readonly type: DataType; readonly nullable: boolean }

function named(fields: readonly Field[]): StructField[] {
  return fields.map(({ type, nullable }, index) => ({ name: `c${index}`, type, nullable }))
}

const ATOMIC: readonly DataType[] = [
  { kind: 'boolean' },
  { kind: 'byte' },
  { kind: 'short' },
  { kind: 'integer' },
  { kind: 'long' },
  { kind: 'float' },
  { kind: 'double' },
  { kind: 'string' },
  { kind: 'binary' },
  { kind: 'date' },
  { kind: 'timestamp' },
  { kind: 'timestamp_ntz' },
]

const decimal = fc
  .integer({ min: 1, max: 38 })
  .chain((precision) =>
    fc.integer({ min: 0, max: precision }).map((scale): DataType => ({ kind: 'decimal', precision, scale })),
  )

function fieldType(depth: number): fc.Arbitrary<Field> {
  return fc.record({ type: dataType(depth), nullable: fc.boolean() })
}

function dataType(depth: number): fc.Arbitrary<DataType> {
  const atomic = fc.oneof({ arbitrary: fc.constantFrom(...ATOMIC), weight: 5 }, { arbitrary: decimal, weight: 2 })
  if (depth === 0) return atomic
  const inner = dataType(depth - 1)
  return fc.oneof(
    { arbitrary: atomic, weight: 4 },
    {
      arbitrary: fc.record({ kind: fc.constant('array' as const), elementType: inner, containsNull: fc.boolean() }),
      weight: 1,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('map' as const),
        keyType: fc.constantFrom<DataType>({ kind: 'string' }, { kind: 'integer' }),
        valueType: inner,
        valueContainsNull: fc.boolean(),
      }),
      weight: 1,
    },
    {
      arbitrary: fc
        .array(fieldType(depth - 1), { minLength: 1, maxLength: 3 })
        .map((fields): DataType => ({ kind: 'struct', fields: named(fields) })),
      weight: 1,
    },
  )
}

function nullable(value: fc.Arbitrary<unknown>, allowed: boolean): fc.Arbitrary<unknown> {
  return allowed ? fc.option(value, { freq: 3 }) : value
}

const text = fc.string({ unit: 'grapheme', maxLength: 40 })

function valueOf(type: DataType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'boolean':
      return fc.boolean()
    case 'byte':
      return fc.integer({ min: -128, max: 127 })
    case 'short':
      return fc.integer({ min: -32768, max: 32767 })
    case 'integer':
      return fc.integer()
    case 'date':
      return fc.integer({ min: -700_000, max: 2_900_000 })
    case 'long':
      return fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n })
    case 'timestamp':
    case 'timestamp_ntz':
      return fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n })
    case 'float':
      return fc.float()
    case 'double':
      return fc.double()
    case 'string':
      return fc.oneof(fc.constantFrom('a', 'b', ''), text)
    case 'binary':
      return fc.uint8Array({ maxLength: 40 })
    case 'decimal': {
      const limit = 10n ** BigInt(type.precision) - 1n
      return fc.bigInt({ min: -limit, max: limit })
    }
    case 'array':
      return fc.array(nullable(valueOf(type.elementType), type.containsNull), { maxLength: 4 })
    case 'map': {
      const key = type.keyType.kind === 'string' ? fc.string({ maxLength: 6 }) : fc.integer()
      return fc
        .uniqueArray(fc.tuple(key, nullable(valueOf(type.valueType), type.valueContainsNull)), {
          selector: ([k]) => k,
          maxLength: 4,
        })
        .map((entries) => new Map(entries))
    }
    case 'struct':
      return fc
        .tuple(...type.fields.map((field) => nullable(valueOf(field.type), field.nullable)))
        .map((values) => Object.fromEntries(type.fields.map((field, index) => [field.name, values[index]])))
    default:
      throw new Error(`no values of ${type.kind}`)
  }
}
