import { create } from '@bufbuild/protobuf'
import type { Relation } from '../../../protocol/spark-connect'
import { RelationSchema } from '../../../protocol/spark-connect'
import type { ExecuteResult } from '../../../protocol/workers/kernel-requests'
import { closePlan } from '../../plan/close-plan'
import type { CreateView, DropView } from '../../sql/statement'
import type { EngineService } from '../engine-service'
import { analyseRelation } from '../plan-analysis'
import type { PlanCall } from '../plan-call'
import type { Session, SessionView } from '../session'
import { tableExists } from '../write-refusals'
import { doneAnswer } from './answer'
import { viewColumns, viewExists, wrongDrop } from './refusals'
import { notFound, qualify, tableTarget } from './table-names'

/** Views live in the session: a workspace keeps tables only. A permanent view differs in name and listing, not in life. */
export async function createView(
  service: EngineService,
  session: Session,
  statement: CreateView,
  call: PlanCall,
): Promise<ExecuteResult> {
  const name = statement.view.at(-1)!
  const scope = statement.scope
  const existing = session.views.get(viewKey(name, scope))
  if (existing !== undefined && statement.ifNotExists) return doneAnswer()
  if (existing !== undefined && !statement.orReplace) {
    if (scope === 'permanent') throw tableExists(qualify(session, statement.view).join('`.`'))
    throw viewExists(name)
  }
  if (scope === 'permanent') await refuseTable(service, session, statement, call)
  const { inputs, node } = await analyseRelation(service, session, queryOf(statement), call.cell)
  const columns = statement.columns?.map((column) => column.name)
  const dataColumns = node.schema.fields.map((field) => field.name)
  if (columns !== undefined && columns.length !== dataColumns.length)
    throw viewColumns(statement.view, columns, dataColumns)
  const closed = closePlan(inputs)
  const relation =
    columns === undefined
      ? closed
      : create(RelationSchema, { relType: { case: 'toDf', value: { input: closed, columnNames: columns } } })
  session.views.set(viewKey(name, scope), { name, relation, scope })
  return doneAnswer()
}

async function refuseTable(
  service: EngineService,
  session: Session,
  statement: CreateView,
  call: PlanCall,
): Promise<void> {
  const { folder, name } = tableTarget(service, session, statement.view, call.cell)
  if ((await service.ports.tables.open(folder)) !== null) throw tableExists(name.join('`.`'))
}

function queryOf({ query, format, options }: CreateView): Relation {
  if (query !== null) return query
  return create(RelationSchema, {
    relType: {
      case: 'read',
      value: {
        readType: { case: 'dataSource', value: { ...(format === null ? {} : { format }), options, paths: [] } },
      },
    },
  })
}

export async function dropView(
  service: EngineService,
  session: Session,
  { view, ifExists }: DropView,
  call: PlanCall,
): Promise<ExecuteResult> {
  for (const scope of ['temporary', 'permanent', 'global'] as const) {
    if (viewOf(session, view, scope) === undefined) continue
    session.views.delete(viewKey(view.at(-1)!, scope))
    return doneAnswer()
  }
  const { folder, shown, name } = tableTarget(service, session, view, call.cell)
  if ((await service.ports.tables.open(folder)) !== null) throw wrongDrop(shown, 'table')
  if (ifExists) return doneAnswer()
  throw await notFound(service, session, ['spark_catalog', ...name])
}

/** The session's view of a name in one scope; `global_temp.x` names global ones alone. */
export function viewOf(
  session: Session,
  name: readonly string[],
  scope: SessionView['scope'],
): SessionView | undefined {
  const isGlobalName = name.length === 2 && name[0].toLowerCase() === GLOBAL_DATABASE
  const isFitting = scope === 'global' ? isGlobalName : scope === 'temporary' ? name.length === 1 : !isGlobalName
  return isFitting ? session.views.get(viewKey(name.at(-1)!, scope)) : undefined
}

const GLOBAL_DATABASE = 'global_temp'

/** Key of a view: temporary ones by their lower-case name alone, as the DataFrame API sets them. */
export function viewKey(name: string, scope: SessionView['scope']): string {
  const lower = name.toLowerCase()
  return scope === 'temporary' ? lower : `${scope === 'global' ? GLOBAL_DATABASE : 'view'}.${lower}`
}
