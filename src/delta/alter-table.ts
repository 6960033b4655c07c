import type { TableChange } from '../engine/ports/table'
import { typeToJson } from '../engine/types/type-json'
import { schemaToJson } from '../engine/types/type-json'
import type { StructType } from '../protocol/columns'
import { internalError } from '../protocol/errors/runnel-error'
import type { Action, Metadata } from './actions'
import type { DeltaLog } from './delta-log'
import { checkWritable, upgradedProtocol } from './features'
import { ENGINE_INFO, maintainQuietly } from './maintenance'
import { checkStorable } from './schema-merge'
import type { Snapshot } from './snapshot'
import type { DeltaContext } from './write-table'

const MAX_ATTEMPTS = 1000

/** ALTER TABLE as one commit of metadata; whoever loses a race applies the change to the winner's table. */
export async function alterTable(log: DeltaLog, context: DeltaContext, change: TableChange): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const snapshot = await log.update()
    if (snapshot === null) throw internalError(`${log.folder} is no table`)
    checkWritable(snapshot.protocol, snapshot.metadata)
    const committed = await log.append(snapshot, alterActions(snapshot, context, change))
    if (committed === null) continue
    await maintainQuietly(context.files, log, committed, context.clock.nowMs())
    return
  }
  throw internalError(`${log.folder} changed ${MAX_ATTEMPTS} times while it was altered`)
}

function alterActions(snapshot: Snapshot, { clock, random }: DeltaContext, change: TableChange): Action[] {
  const { metadata, schema, operation, parameters } = changed(snapshot, change)
  const commitInfo = {
    timestamp: clock.nowMs(),
    operation,
    operationParameters: parameters,
    readVersion: snapshot.version,
    isolationLevel: 'Serializable',
    isBlindAppend: true,
    operationMetrics: {},
    engineInfo: ENGINE_INFO,
    txnId: random.uuid(),
  }
  const protocol = upgradedProtocol(snapshot.protocol, schema)
  return [{ commitInfo }, { metaData: metadata }, ...(protocol === null ? [] : [{ protocol }])]
}

type Changed = {
  readonly metadata: Metadata
  readonly schema: StructType
  readonly operation: string
  readonly parameters: Readonly<Record<string, string>>
}

function changed({ metadata, schema }: Snapshot, change: TableChange): Changed {
  switch (change.kind) {
    case 'set-properties': {
      const configuration = { ...metadata.configuration, ...change.properties }
      const parameters = { properties: JSON.stringify(change.properties) }
      return { metadata: { ...metadata, configuration }, schema, operation: 'SET TBLPROPERTIES', parameters }
    }
    case 'unset-properties': {
      const configuration = Object.fromEntries(
        Object.entries(metadata.configuration).filter(([key]) => !change.keys.includes(key)),
      )
      const parameters = { properties: JSON.stringify(change.keys), ifExists: 'true' }
      return { metadata: { ...metadata, configuration }, schema, operation: 'UNSET TBLPROPERTIES', parameters }
    }
    case 'add-columns': {
      const wider: StructType = { kind: 'struct', fields: [...schema.fields, ...change.columns] }
      checkStorable(wider)
      const columns = change.columns.map(({ name, type, nullable, metadata: described }) => {
        return { column: { name, type: typeToJson(type), nullable, metadata: described ?? {} } }
      })
      return {
        metadata: { ...metadata, schemaString: schemaToJson(wider) },
        schema: wider,
        operation: 'ADD COLUMNS',
        parameters: { columns: JSON.stringify(columns) },
      }
    }
  }
}
