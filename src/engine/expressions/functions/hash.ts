import type { DataType } from '../../../protocol/columns'
import { INTEGER, LONG, STRING } from '../../types/atomic-types'
import { quoteSql, sparkError } from '../errors'
import type { Node } from '../node'
import type { Value } from '../row-values'
import { anything, binary, int } from './argument-types'
import { containsMap } from './comparison'
import { callSql, scalarFunction } from './define'
import type { FunctionEntry } from './define'
import {
  crc32,
  md5,
  murmurInt,
  murmurLong,
  murmurUnsafeBytes,
  sha1,
  sha2,
  xxBytes,
  xxInt,
  xxLong,
} from './hash-kernels'

type Hasher<H> = {
  int(value: number, seed: H): H
  long(value: bigint, seed: H): H
  bytes(value: Uint8Array, seed: H): H
}
const encoder = new TextEncoder()
const view = new DataView(new ArrayBuffer(8))

/** Spark folds values from the left; NULL leaves the hash as it is. */
function hashValue<H>(hasher: Hasher<H>, type: DataType, value: Value, seed: H): H {
  if (value === null) return seed
  switch (type.kind) {
    case 'boolean':
      return hasher.int(value === true ? 1 : 0, seed)
    case 'byte':
    case 'short':
    case 'integer':
    case 'date':
    case 'year-month-interval':
      return hasher.int(value as number, seed)
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'day-time-interval':
      return hasher.long(value as bigint, seed)
    case 'float':
      view.setFloat32(0, value === 0 ? 0 : (value as number))
      return hasher.int(view.getInt32(0), seed)
    case 'double':
      view.setFloat64(0, value === 0 ? 0 : (value as number))
      return hasher.long(view.getBigInt64(0), seed)
    case 'decimal':
      return type.precision <= 18
        ? hasher.long(value as bigint, seed)
        : hasher.bytes(javaBigIntegerBytes(value as bigint), seed)
    case 'string':
      return hasher.bytes(encoder.encode(value as string), seed)
    case 'binary':
      return hasher.bytes(value as Uint8Array, seed)
    case 'array':
      return (value as readonly Value[]).reduce(
        (hash, element) => hashValue(hasher, type.elementType, element, hash),
        seed,
      )
    case 'struct':
      return type.fields.reduce(
        (hash, member, i) => hashValue(hasher, member.type, (value as readonly Value[])[i], hash),
        seed,
      )
    case 'map':
      return (value as readonly (readonly [Value, Value])[]).reduce(
        (hash, [key, item]) => hashValue(hasher, type.valueType, item, hashValue(hasher, type.keyType, key, hash)),
        seed,
      )
    case 'void':
      return seed
  }
}

const XX: Hasher<bigint> = { int: xxInt, long: xxLong, bytes: xxBytes }

/** Spark's xxHash64 of one value with its default seed, signed. */
export function xxHash64(type: DataType, value: Value): bigint {
  return hashValue(XX, type, value, 42n)
}

/** Big-endian two's complement in as few bytes as hold the sign. */
function javaBigIntegerBytes(value: bigint): Uint8Array {
  let size = 1
  while (BigInt.asIntN(size * 8, value) !== value) size++
  return Uint8Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * (size - 1 - i))) & 255n))
}

function hashEntry<H extends number | bigint>(name: string, type: DataType, hasher: Hasher<H>, seed: H): FunctionEntry {
  return {
    name,
    arity: [0, Infinity],
    expects: '> 0',
    doc: 'Hash of the arguments.',
    bind(call) {
      const sql = callSql(name, call.args)
      if (call.args.length === 0)
        throw sparkError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', {
          functionName: `\`${name}\``,
          expectedNum: '> 0',
          actualNum: '0',
          docroot: 'https://spark.apache.org/docs/latest',
        })
      if (call.args.some((arg) => containsMap(arg.type)))
        throw sparkError('DATATYPE_MISMATCH.HASH_MAP_TYPE', { sqlExpr: quoteSql(sql), functionName: `\`${name}\`` })
      const types = call.args.map((arg: Node) => arg.type)
      return scalarFunction({
        name,
        args: [anything],
        variadic: true,
        required: 0,
        returns: type,
        nullable: false,
        doc: '',
        sql: () => sql,
        neverFails: true,
        rowWithNulls: (_context, values) =>
          values.reduce<H>((hash, value, i) => hashValue(hasher, types[i], value, hash), seed),
      }).bind(call)
    },
  }
}

export const HASHES: readonly FunctionEntry[] = [
  hashEntry('hash', INTEGER, { int: murmurInt, long: murmurLong, bytes: murmurUnsafeBytes }, 42),
  hashEntry('xxhash64', LONG, XX, 42n),
  scalarFunction({
    name: 'md5',
    args: [binary],
    returns: STRING,
    doc: 'MD5 as hexadecimal text.',
    neverFails: true,
    row: md5,
  }),
  scalarFunction({
    name: 'sha1',
    args: [binary],
    returns: STRING,
    doc: 'SHA-1 as hexadecimal text.',
    neverFails: true,
    row: sha1,
  }),
  scalarFunction({
    name: 'sha',
    args: [binary],
    returns: STRING,
    doc: 'SHA-1 as hexadecimal text.',
    neverFails: true,
    row: sha1,
  }),
  scalarFunction({
    name: 'sha2',
    args: [binary, int],
    returns: STRING,
    nullable: true,
    doc: 'SHA-2 of 224, 256 (or 0), 384 or 512 bits.',
    neverFails: true,
    row: sha2,
  }),
  scalarFunction({ name: 'crc32', args: [binary], returns: LONG, doc: 'CRC-32.', neverFails: true, row: crc32 }),
]
