import { BOOLEAN, LONG, STRING, VOID } from '../../types/atomic-types'
import { simpleString } from '../../types/type-names'
import { implicitCast } from '../casts/bind-cast'
import { sparkError } from '../errors'
import { literalNode, node } from '../node'
import { columnOfRows } from '../row-values'
import type { Value } from '../row-values'
import { anything, text } from './argument-types'
import { callSql, scalarFunction } from './define'
import type { FunctionEntry } from './define'
import { xorShiftRandom } from './xor-shift-random'

function constantText(name: string, value: (user: string) => string, doc: string): FunctionEntry {
  return scalarFunction({
    name,
    args: [],
    returns: STRING,
    nullable: false,
    doc,
    neverFails: true,
    rowWithNulls: () => value('runnel'),
  })
}

function raised(message: Value) {
  return sparkError(
    'USER_RAISED_EXCEPTION',
    { errorMessage: String(message ?? 'null') },
    { exception: 'SparkRuntimeException', hint: 'The plan itself raised this error.' },
  )
}

export const MISC: readonly FunctionEntry[] = [
  scalarFunction({
    name: 'typeof',
    args: [anything],
    returns: STRING,
    nullable: false,
    doc: 'Type name of the argument.',
    neverFails: true,
    evaluate: ([arg], batch) => columnOfRows(STRING, batch.numRows, () => simpleString(arg.type)),
  }),
  {
    name: 'monotonically_increasing_id',
    arity: [0, 0],
    doc: 'A number that grows within a batch.',
    bind: () =>
      node({
        type: LONG,
        nullable: false,
        sql: 'monotonically_increasing_id()',
        isConstant: false,
        isDeterministic: false,
        neverFails: true,
        evaluate: (batch) => ({
          layout: 'fixed',
          type: LONG,
          length: batch.numRows,
          validity: null,
          values: BigInt64Array.from({ length: batch.numRows }, (_, i) => BigInt(i)),
        }),
      }),
  },
  {
    name: 'spark_partition_id',
    arity: [0, 0],
    doc: 'Number of the partition; there is one.',
    bind: () =>
      node({
        type: { kind: 'integer' },
        nullable: false,
        sql: 'SPARK_PARTITION_ID()',
        isConstant: false,
        isDeterministic: false,
        neverFails: true,
        evaluate: (batch) => ({
          layout: 'fixed',
          type: { kind: 'integer' },
          length: batch.numRows,
          validity: null,
          values: new Int32Array(batch.numRows),
        }),
      }),
  },
  {
    name: 'uuid',
    arity: [0, 1],
    doc: 'A random UUID.',
    bind: () =>
      node({
        type: STRING,
        nullable: false,
        sql: 'uuid()',
        isConstant: false,
        isDeterministic: false,
        neverFails: true,
        evaluate(batch, context) {
          const random = xorShiftRandom(BigInt(context.seed))
          const digit = () => Math.floor(random.next() * 16).toString(16)
          return columnOfRows(STRING, batch.numRows, () =>
            'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (c) =>
              c === 'x' ? digit() : '89ab'[Math.floor(random.next() * 4)],
            ),
          )
        },
      }),
  },
  constantText('input_file_name', () => '', 'The file of the row; empty where no file is read.'),
  constantText('version', () => '4.1.1', 'Version of Spark whose behaviour this is.'),
  ...['current_user', 'user', 'session_user'].map((name) => constantText(name, (user) => user, 'Name of the user.')),
  constantText('current_catalog', () => 'spark_catalog', 'Name of the catalog.'),
  ...['current_database', 'current_schema'].map((name) => constantText(name, () => 'default', 'Name of the database.')),
  {
    name: 'raise_error',
    arity: [1, 2],
    doc: 'Fails with a message.',
    bind({ args }) {
      const message = implicitCast(args[0], STRING)
      const entry = scalarFunction({
        name: 'raise_error',
        args: [text],
        returns: VOID,
        nullable: true,
        doc: '',
        sql: (given) => callSql('raise_error', given),
        rowWithNulls: (_context, [value]) => {
          throw raised(value)
        },
      })
      const bound = entry.bind({
        name: 'raise_error',
        args: [message],
        context: { conf: {}, isStreaming: false, lenient: () => undefined },
      })
      return {
        ...bound,
        isDeterministic: false,
        isConstant: false,
        evaluate: (batch, context) => bound.evaluate(batch, context),
      }
    },
  },
  {
    name: 'assert_true',
    arity: [1, 2],
    doc: 'NULL when the condition holds, else an error.',
    bind({ args }) {
      const condition = implicitCast(args[0], BOOLEAN)
      const message =
        args[1] === undefined
          ? literalNode(STRING, `'${args[0].sql}' is not true!`, `'${args[0].sql}' is not true!`)
          : implicitCast(args[1], STRING)
      const bound = scalarFunction({
        name: 'assert_true',
        args: [anything, anything],
        returns: VOID,
        nullable: true,
        doc: '',
        sql: () => callSql('assert_true', args.length === 1 ? [args[0], message] : args),
        rowWithNulls: (_context, [holds, words]) => {
          if (holds !== true) throw raised(words)
          return null
        },
      })
      return bound.bind({
        name: 'assert_true',
        args: [condition, message],
        context: { conf: {}, isStreaming: false, lenient: () => undefined },
      })
    },
  },
]
