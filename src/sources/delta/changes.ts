import type { AddFile, RemoveFile } from '../../delta/actions'
import type { Commit } from '../../delta/log-files'
import { commitInfoOf } from '../../delta/snapshot'
import { schemaTree } from '../../delta/schema-tree'
import { schemaFromJson } from '../../engine/types/type-json'
import { simpleString } from '../../engine/types/type-names'
import type { StructType } from '../../protocol/columns'
import { userError } from '../../protocol/errors/runnel-error'
import type { DeltaSourceOptions } from './options'

export type CommitRules = Pick<
  DeltaSourceOptions,
  'ignoreDeletes' | 'ignoreChanges' | 'skipChangeCommits' | 'startingVersion' | 'startingTimestamp'
> & { readonly path: string; readonly schema: StructType }

/**
 * Files a commit adds for a stream, in the commit's order: those that change data. Throws when the commit did more than append
 * and the options do not allow it, or when it changed the schema under the stream.
 */
export function filesOfCommit(commit: Commit, rules: CommitRules): AddFile[] {
  const adds: AddFile[] = []
  let removed: RemoveFile | null = null
  let schemaString: string | null = null
  for (const action of commit.actions) {
    if ('add' in action && action.add.dataChange) adds.push(action.add)
    else if ('remove' in action && action.remove.dataChange) removed ??= action.remove
    else if ('metaData' in action) schemaString = action.metaData.schemaString
  }
  const allowsChanges = rules.ignoreChanges || rules.skipChangeCommits
  if (removed !== null && adds.length > 0 && !allowsChanges) throw dataUpdated(commit, removed, rules.path)
  if (removed !== null && adds.length === 0 && !allowsChanges && !rules.ignoreDeletes)
    throw dataDeleted(commit, removed, rules.path)
  if (schemaString !== null) checkSchema(schemaFromJson(schemaString), commit.version, rules)
  return removed !== null && rules.skipChangeCommits ? [] : adds
}

/** A stream's schema is fixed when it starts: rows written under other columns would not be read right. */
function checkSchema(schema: StructType, version: number, rules: CommitRules): void {
  const known = new Map(rules.schema.fields.map((field) => [field.name.toLowerCase(), field]))
  const isCompatible = schema.fields.every((field) => {
    const before = known.get(field.name.toLowerCase())
    return before !== undefined && simpleString(before.type, Infinity) === simpleString(field.type, Infinity)
  })
  if (isCompatible) return
  const hasStart = rules.startingVersion !== null || rules.startingTimestamp !== null
  const head = `Detected schema change in version ${version}:
streaming source schema: ${schemaTree(rules.schema)}

data file schema: ${schemaTree(schema)}

Please try restarting the query. If this issue repeats across query restarts without
making progress, you have made an incompatible schema change and need to start your
query from scratch using a new checkpoint directory.`
  const hint = 'Run the cell that starts this query again: it picks up the new columns.'
  if (!hasStart)
    throw userError('DELTA_SCHEMA_CHANGED_WITH_VERSION', `${head}\n`, { exception: 'SparkException', hint })
  throw userError(
    'DELTA_SCHEMA_CHANGED_WITH_STARTING_OPTIONS',
    `${head} If the issue persists after
changing to a new checkpoint directory, you may need to change the existing
'startingVersion' or 'startingTimestamp' option to start from a version newer than
${version} with a new checkpoint directory.
`,
    { exception: 'SparkException', hint },
  )
}

function dataUpdated(commit: Commit, removed: RemoveFile, path: string) {
  const info = commitInfoOf(commit)
  const example = info === null ? removed.path : `${info.operation} (${scalaMap(info.operationParameters)})`
  return userError(
    'DELTA_SOURCE_TABLE_IGNORE_CHANGES',
    `Detected a data update (for example ${example}) in the source table at version ${commit.version}. This is currently not supported. If this is going to happen regularly and you are okay to skip changes, set the option 'skipChangeCommits' to 'true'. If you would like the data update to be reflected, please restart this query with a fresh checkpoint directory. The source table can be found at path ${path}.`,
    {
      exception: 'SparkException',
      hint: 'A Delta table that is overwritten, updated or written in complete mode is no stream of new rows. Read a table that is only appended to, or set skipChangeCommits.',
    },
  )
}

function dataDeleted(commit: Commit, removed: RemoveFile, path: string) {
  return userError(
    'DELTA_SOURCE_IGNORE_DELETE',
    `Detected deleted data (for example ${removed.path}) from streaming source at version ${commit.version}. This is currently not supported. If you'd like to ignore deletes, set the option 'ignoreDeletes' to 'true'. The source table can be found at path ${path}.`,
    {
      exception: 'SparkException',
      hint: "Add .option('ignoreDeletes', 'true') to the reader when rows may leave the source table.",
    },
  )
}

/** Operation parameters as Delta prints them: a Scala map of JSON values. */
function scalaMap(parameters: Readonly<Record<string, unknown>>): string {
  return `Map(${Object.entries(parameters)
    .map(([key, value]) => `${key} -> ${JSON.stringify(value)}`)
    .join(', ')})`
}
