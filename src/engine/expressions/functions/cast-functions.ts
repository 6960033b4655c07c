import type { DataType } from '../../../protocol/columns'
import {
  BINARY,
  BOOLEAN,
  BYTE,
  DATE,
  DOUBLE,
  FLOAT,
  INTEGER,
  LONG,
  SHORT,
  STRING,
  TIMESTAMP,
  decimal,
} from '../../types/atomic-types'
import { bindCastCall } from '../casts/bind-cast'
import type { FunctionEntry } from './define'

const TYPES: Readonly<Record<string, DataType>> = {
  boolean: BOOLEAN,
  tinyint: BYTE,
  smallint: SHORT,
  int: INTEGER,
  bigint: LONG,
  float: FLOAT,
  double: DOUBLE,
  decimal: decimal(10, 0),
  string: STRING,
  binary: BINARY,
  date: DATE,
  timestamp: TIMESTAMP,
}

/** `int(x)`, `string(x)`, ...: casts written as calls. */
export const CAST_FUNCTIONS: readonly FunctionEntry[] = Object.entries(TYPES).map(([name, type]) => ({
  name,
  arity: [1, 1],
  doc: `Cast to ${name.toUpperCase()}.`,
  bind: ({ args }) => bindCastCall(args[0], type),
}))
