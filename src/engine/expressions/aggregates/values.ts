import type { Column, DataType } from '../../../protocol/columns'
import { columnComparator } from '../../batch/compare'
import { concatColumns } from '../../batch/concat'
import { plainColumn } from '../../batch/dictionary'
import { emptyColumn } from '../../batch/empty'
import { gatherColumn } from '../../batch/gather'
import { columnSizeBytes } from '../../batch/size'
import { BOOLEAN, arrayOf } from '../../types/atomic-types'
import type { AggregateState } from '../bound'
import { implicitCast } from '../casts/bind-cast'
import { quoteSql, quoteType, sparkError, unexpectedInputType } from '../errors'
import { containsMap } from '../functions/comparison'
import { constantValue, FOLDING_CONTEXT } from '../node'
import type { Node } from '../node'
import { ensure, isValid } from './define'
import type { AggregateCall, AggregateEntry, AggregateParts } from './define'

/**
 * Keeps one row of the inputs per group: min, max, first, last, min_by, max_by. Rows live in a pool of columns that is
 * rebuilt from the winners once it holds several times more rows than groups.
 */
class PickState implements AggregateState {
  readonly #types: readonly DataType[]
  readonly #order: 'less' | 'greater' | 'first' | 'last'
  /** The input column that decides; a row NULL there does not count when `skipNulls`. */
  readonly #key: number
  readonly #skipNulls: boolean
  #pool: Column[]
  #kept = new Int32Array(0)
  #numGroups = 0

  constructor(
    types: readonly DataType[],
    order: 'less' | 'greater' | 'first' | 'last',
    key: number,
    skipNulls: boolean,
  ) {
    this.#types = types
    this.#order = order
    this.#key = key
    this.#skipNulls = skipNulls
    this.#pool = types.map(emptyColumn)
  }

  get sizeBytes(): number {
    return this.#kept.byteLength + this.#pool.reduce((sum, column) => sum + columnSizeBytes(column), 0)
  }

  reset(groups: Int32Array): void {
    for (const group of groups) this.#kept[group] = -1
  }

  grow(numGroups: number): void {
    const from = this.#numGroups
    if (numGroups <= from) return
    this.#kept = ensure(this.#kept, numGroups)
    this.#kept.fill(-1, from)
    this.#numGroups = numGroups
  }

  add(groups: Int32Array, numRows: number, inputs: readonly Column[]): void {
    const plain = inputs.map((input) => (input.layout === 'dictionary' ? plainColumn(input) : input))
    const winners = this.#winners(groups, numRows, plain)
    if (winners.length === 0) return
    this.#append(plain, winners, groups)
  }

  /** Best row of the batch for each group that it improves. */
  #winners(groups: Int32Array, numRows: number, inputs: readonly Column[]): number[] {
    const key = inputs[this.#key]
    const best = new Int32Array(this.#numGroups).fill(-1)
    const touched: number[] = []
    const within = this.#better(key, key)
    for (let i = 0; i < numRows; i++) {
      if (this.#skipNulls && !isValid(key, i)) continue
      const group = groups[i]
      if (best[group] < 0) {
        touched.push(group)
        best[group] = i
      } else if (within(i, best[group])) best[group] = i
    }
    const against = this.#better(key, this.#pool[this.#key])
    const winners: number[] = []
    for (const group of touched) {
      const kept = this.#kept[group]
      if (kept < 0 || against(best[group], kept)) winners.push(best[group])
    }
    return winners
  }

  #better(candidate: Column, kept: Column): (row: number, keptRow: number) => boolean {
    if (this.#order === 'first') return () => false
    if (this.#order === 'last') return () => true
    if (candidate.layout === 'void' || kept.layout === 'void') return () => false
    const compare = columnComparator(candidate, kept)
    return this.#order === 'less' ? (i, j) => compare(i, j) < 0 : (i, j) => compare(i, j) > 0
  }

  #append(inputs: readonly Column[], winners: readonly number[], groups: Int32Array): void {
    const rows = Int32Array.from(winners)
    const start = this.#pool[0].length
    this.#pool = this.#pool.map((column, k) => concatColumns(this.#types[k], [column, gatherColumn(inputs[k], rows)]))
    winners.forEach((row, i) => (this.#kept[groups[row]] = start + i))
    if (this.#pool[0].length > 4 * this.#numGroups + 1024) this.#compact()
  }

  #compact(): void {
    const alive: number[] = []
    for (let group = 0; group < this.#numGroups; group++) {
      if (this.#kept[group] < 0) continue
      alive.push(this.#kept[group])
      this.#kept[group] = alive.length - 1
    }
    const rows = Int32Array.from(alive)
    this.#pool = this.#pool.map((column) => gatherColumn(column, rows))
  }

  results(groups: Int32Array): Column {
    return gatherColumn(
      this.#pool[0],
      groups.map((group) => this.#kept[group]),
    )
  }

  save(groups: Int32Array): readonly Column[] {
    const rows = groups.map((group) => this.#kept[group])
    const has: Column = {
      layout: 'fixed',
      type: BOOLEAN,
      length: rows.length,
      validity: null,
      values: Uint8Array.from(rows, (row) => (row >= 0 ? 1 : 0)),
    }
    return [...this.#pool.map((column) => gatherColumn(column, rows)), has]
  }

  merge(groups: Int32Array, state: readonly Column[]): void {
    const has = state.at(-1)!
    const rows = Array.from(groups.keys()).filter((i) => has.layout === 'fixed' && has.values[i] === 1)
    const picked = Int32Array.from(rows)
    const inputs = state.slice(0, -1).map((column) => gatherColumn(column, picked))
    this.add(
      picked.map((i) => groups[i]),
      picked.length,
      inputs,
    )
  }
}

function ordered(call: AggregateCall, key: Node): void {
  if (!containsMap(key.type)) return
  throw sparkError('DATATYPE_MISMATCH.INVALID_ORDERING_TYPE', {
    sqlExpr: quoteSql(call.sql),
    functionName: `\`${call.name}\``,
    dataType: quoteType(key.type),
  })
}

function bindExtreme(order: 'less' | 'greater') {
  return (call: AggregateCall): AggregateParts => {
    const arg = call.args[0]
    ordered(call, arg)
    return {
      type: arg.type,
      nullable: true,
      inputs: [arg],
      stateTypes: [arg.type, BOOLEAN],
      open: () => new PickState([arg.type], order, 0, true),
    }
  }
}

function bindBy(order: 'less' | 'greater') {
  return (call: AggregateCall): AggregateParts => {
    const [value, key] = call.args as readonly [Node, Node]
    ordered(call, key)
    return {
      type: value.type,
      nullable: true,
      inputs: [value, key],
      stateTypes: [value.type, key.type, BOOLEAN],
      open: () => new PickState([value.type, key.type], order, 1, true),
    }
  }
}

/** first, last, any_value: the second argument says whether NULLs are skipped. */
function bindEdge(order: 'first' | 'last') {
  return (call: AggregateCall): AggregateParts => {
    const [value, ignore] = call.args as readonly [Node, Node | undefined]
    if (ignore !== undefined && ignore.type.kind !== 'boolean')
      throw unexpectedInputType(call.sql, 1, '"BOOLEAN"', ignore)
    const skipNulls = ignore !== undefined && constantValue(ignore, FOLDING_CONTEXT) === true
    return {
      type: value.type,
      nullable: true,
      inputs: [value],
      stateTypes: [value.type, BOOLEAN],
      open: () => new PickState([value.type], order, 0, skipNulls),
    }
  }
}

/** bool_and is min of booleans, bool_or max. */
function bindLogicalAggregate(order: 'less' | 'greater') {
  return (call: AggregateCall): AggregateParts => {
    const given = call.args[0]
    if (!['boolean', 'string', 'void'].includes(given.type.kind))
      throw unexpectedInputType(call.sql, 0, '"BOOLEAN"', given)
    return bindExtreme(order)({ ...call, args: [implicitCast(given, BOOLEAN)] })
  }
}

/** collect_list: values in order of arrival, NULLs left out. */
export class CollectState implements AggregateState {
  readonly #type: DataType
  #pool: Column
  /** Rows of the pool each group owns. */
  #rows: number[][] = []
  #numKept = 0

  constructor(type: DataType) {
    this.#type = type
    this.#pool = emptyColumn(type)
  }

  get sizeBytes(): number {
    return columnSizeBytes(this.#pool) + this.#numKept * 4
  }

  reset(groups: Int32Array): void {
    for (const group of groups) {
      this.#numKept -= this.#rows[group].length
      this.#rows[group] = []
    }
    if (this.#pool.length > 2 * this.#numKept + 1024) this.#compact()
  }

  /** Forgets values of groups that were reset. */
  #compact(): void {
    const picks = new Int32Array(this.#numKept)
    let count = 0
    for (const rows of this.#rows)
      for (let i = 0; i < rows.length; i++) {
        picks[count] = rows[i]
        rows[i] = count++
      }
    this.#pool = gatherColumn(this.#pool, picks)
  }

  grow(numGroups: number): void {
    while (this.#rows.length < numGroups) this.#rows.push([])
  }

  add(groups: Int32Array, numRows: number, [input]: readonly Column[]): void {
    const rows: number[] = []
    const start = this.#pool.length
    for (let i = 0; i < numRows; i++) {
      if (!isValid(input, i)) continue
      this.#rows[groups[i]].push(start + rows.length)
      rows.push(i)
    }
    this.#numKept += rows.length
    const plain = input.layout === 'dictionary' ? plainColumn(input) : input
    this.#pool = concatColumns(this.#type, [this.#pool, gatherColumn(plain, Int32Array.from(rows))])
  }

  results(groups: Int32Array): Column {
    const offsets = new Int32Array(groups.length + 1)
    const picks: number[] = []
    groups.forEach((group, i) => {
      for (const row of this.#rows[group]) picks.push(row)
      offsets[i + 1] = picks.length
    })
    return {
      layout: 'list',
      type: arrayOf(this.#type, false),
      length: groups.length,
      validity: null,
      offsets,
      child: gatherColumn(this.#pool, Int32Array.from(picks)),
    }
  }

  save(groups: Int32Array): readonly Column[] {
    return [this.results(groups)]
  }

  merge(groups: Int32Array, [lists]: readonly Column[]): void {
    if (lists.layout !== 'list') return
    const [owners, picks]: [number[], number[]] = [[], []]
    for (let i = 0; i < groups.length; i++) {
      for (let at = lists.offsets[i]; at < lists.offsets[i + 1]; at++) {
        owners.push(groups[i])
        picks.push(at)
      }
    }
    this.add(Int32Array.from(owners), picks.length, [gatherColumn(lists.child, Int32Array.from(picks))])
  }
}

function bindCollect(call: AggregateCall): AggregateParts {
  const arg = call.args[0]
  const type = arrayOf(arg.type, false)
  if (call.name === 'collect_set' && containsMap(arg.type)) {
    throw sparkError('DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE', {
      sqlExpr: quoteSql(call.sql),
      functionName: '`collect_set`',
      dataType: '"MAP"',
    })
  }
  return { type, nullable: false, inputs: [arg], stateTypes: [type], open: () => new CollectState(arg.type) }
}

export const VALUE_AGGREGATES: readonly AggregateEntry[] = [
  { name: 'min', arity: [1, 1], doc: 'Least value; NULL without a value.', bind: bindExtreme('less') },
  { name: 'max', arity: [1, 1], doc: 'Greatest value; NULL without a value.', bind: bindExtreme('greater') },
  { name: 'min_by', arity: [2, 2], doc: 'The first argument where the second is least.', bind: bindBy('less') },
  { name: 'max_by', arity: [2, 2], doc: 'The first argument where the second is greatest.', bind: bindBy('greater') },
  {
    name: 'first',
    aliases: ['first_value', 'any_value'],
    arity: [1, 2],
    doc: 'The first value seen; the second argument skips NULLs.',
    bind: bindEdge('first'),
  },
  {
    name: 'last',
    aliases: ['last_value'],
    arity: [1, 2],
    doc: 'The last value seen; the second argument skips NULLs.',
    bind: bindEdge('last'),
  },
  {
    name: 'bool_and',
    aliases: ['every'],
    arity: [1, 1],
    doc: 'Whether all values are true.',
    bind: bindLogicalAggregate('less'),
  },
  {
    name: 'bool_or',
    aliases: ['some', 'any'],
    arity: [1, 1],
    doc: 'Whether a value is true.',
    bind: bindLogicalAggregate('greater'),
  },
  {
    name: 'collect_list',
    aliases: ['array_agg'],
    arity: [1, 1],
    doc: 'Array of the values that are not NULL.',
    bind: bindCollect,
  },
  { name: 'collect_set', arity: [1, 1], doc: 'Array of the distinct values that are not NULL.', bind: bindCollect },
]
