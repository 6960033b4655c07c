import { create, toBinary } from '@bufbuild/protobuf'
import type { DataType, StructType } from '../../../protocol/columns'
import type { Relation } from '../../../protocol/spark-connect'
import { RelationSchema } from '../../../protocol/spark-connect'
import type { ExecuteResult } from '../../../protocol/workers/kernel-requests'
import { batchesToArrow } from '../../batch/arrow'
import { batchFromRows } from '../../batch/from-values'
import { BOOLEAN, STRING } from '../../types/atomic-types'
import { schemaToJson } from '../../types/type-json'

export type AnswerColumn = {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  readonly comment?: string
}

/** A column of a command's answer that is never NULL, as Spark declares most of them. */
export const text = (name: string, comment?: string): AnswerColumn => column(name, STRING, false, comment)
export const optionalText = (name: string, comment?: string): AnswerColumn => column(name, STRING, true, comment)
export const flag = (name: string): AnswerColumn => column(name, BOOLEAN, false)

export function column(name: string, type: DataType, nullable: boolean, comment?: string): AnswerColumn {
  return { name, type, nullable, ...(comment === undefined ? {} : { comment }) }
}

/** Rows of a command as the relation that a DataFrame stands on; values in the order of the columns. */
export function rowsAnswer(columns: readonly AnswerColumn[], rows: readonly (readonly unknown[])[]): ExecuteResult {
  const schema: StructType = {
    kind: 'struct',
    fields: columns.map(({ name, type, nullable, comment }) => {
      return { name, type, nullable, ...(comment === undefined ? {} : { metadata: { comment } }) }
    }),
  }
  return relationAnswer(
    create(RelationSchema, {
      relType: {
        case: 'localRelation',
        value: { data: batchesToArrow(schema, [batchFromRows(schema, rows)]), schema: schemaToJson(schema) },
      },
    }),
  )
}

/** A command that gives nothing: a DataFrame without columns. */
export function doneAnswer(): ExecuteResult {
  return rowsAnswer([], [])
}

export function relationAnswer(relation: Relation): ExecuteResult {
  return { kind: 'sqlResult', relation: toBinary(RelationSchema, relation) }
}
