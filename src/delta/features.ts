import type { StructType, DataType } from '../protocol/columns'
import { userError } from '../protocol/errors/runnel-error'
import type { Metadata, Protocol } from './actions'

const READ_FEATURES = new Set([
  'columnMapping',
  'deletionVectors',
  'timestampNtz',
  'v2Checkpoint',
  'vacuumProtocolCheck',
  'typeWidening',
])

/** Features whose rules a plain append, overwrite or delete keeps. */
const WRITE_FEATURES = new Set([
  'appendOnly',
  'invariants',
  'timestampNtz',
  'vacuumProtocolCheck',
  'deletionVectors',
  'domainMetadata',
  'v2Checkpoint',
])

/** Throws when a table needs a reader feature we lack. */
export function checkReadable(protocol: Protocol, folder: string): void {
  const missing = (protocol.readerFeatures ?? []).filter((feature) => !READ_FEATURES.has(feature))
  if (protocol.minReaderVersion > 3 || missing.length > 0) throw unsupported('read', folder, missing, protocol)
}

/** Throws when writing would break a rule of the table that we do not keep. */
export function checkWritable(protocol: Protocol, metadata: Metadata): void {
  const features = protocol.minWriterVersion >= 7 ? (protocol.writerFeatures ?? []) : legacyFeatures(protocol, metadata)
  const missing = features.filter((feature) => !WRITE_FEATURES.has(feature))
  if (protocol.minWriterVersion > 7 || missing.length > 0)
    throw unsupported('write', metadata.name ?? metadata.id, missing, protocol)
}

/** What a table of writer version 3 to 6 really uses: the version alone names features most tables do not have. */
function legacyFeatures({ minWriterVersion }: Protocol, { configuration, schemaString }: Metadata): string[] {
  const used: string[] = []
  if (minWriterVersion >= 3 && Object.keys(configuration).some((key) => key.startsWith('delta.constraints.')))
    used.push('checkConstraints')
  if (minWriterVersion >= 4 && configuration['delta.enableChangeDataFeed'] === 'true') used.push('changeDataFeed')
  if (minWriterVersion >= 4 && schemaString.includes('delta.generationExpression')) used.push('generatedColumns')
  if (minWriterVersion >= 5 && (configuration['delta.columnMapping.mode'] ?? 'none') !== 'none')
    used.push('columnMapping')
  if (minWriterVersion >= 6 && schemaString.includes('delta.identity.')) used.push('identityColumns')
  return used
}

/** (1, 2), which every reader opens; timestamp_ntz needs table features. */
export function protocolFor(schema: StructType): Protocol {
  if (!hasType(schema, 'timestamp_ntz')) return { minReaderVersion: 1, minWriterVersion: 2 }
  return {
    minReaderVersion: 3,
    minWriterVersion: 7,
    readerFeatures: ['timestampNtz'],
    writerFeatures: ['timestampNtz', 'appendOnly', 'invariants'],
  }
}

/** The table's protocol, raised when a new column needs it; null when it may stay. */
export function upgradedProtocol(protocol: Protocol, schema: StructType): Protocol | null {
  const needed = protocolFor(schema)
  if (needed.minReaderVersion === 1 || protocol.readerFeatures?.includes('timestampNtz')) return null
  const merge = (old: readonly string[] | undefined, add: readonly string[]) => [...new Set([...(old ?? []), ...add])]
  return {
    minReaderVersion: 3,
    minWriterVersion: 7,
    readerFeatures: merge(protocol.readerFeatures, needed.readerFeatures!),
    writerFeatures: merge(protocol.writerFeatures, needed.writerFeatures!),
  }
}

function hasType(type: DataType, kind: DataType['kind']): boolean {
  if (type.kind === kind) return true
  if (type.kind === 'array') return hasType(type.elementType, kind)
  if (type.kind === 'map') return hasType(type.keyType, kind) || hasType(type.valueType, kind)
  return type.kind === 'struct' && type.fields.some((field) => hasType(field.type, kind))
}

function unsupported(doing: 'read' | 'write', table: string, features: readonly string[], protocol: Protocol) {
  const role = doing === 'read' ? 'reader' : 'writer'
  if (features.length === 0) {
    const { minReaderVersion, minWriterVersion } = protocol
    return userError(
      'DELTA_INVALID_PROTOCOL_VERSION',
      `Unsupported Delta protocol version: table "${table}" requires reader version ${minReaderVersion} and writer version ${minWriterVersion}, but Delta Lake "4.2.0" supports reader versions 1, 2, 3 and writer versions 2, 3, 4, 5, 6, 7. Please upgrade to a newer release.`,
    )
  }
  return userError(
    `DELTA_UNSUPPORTED_FEATURES_FOR_${doing === 'read' ? 'READ' : 'WRITE'}`,
    `Unsupported Delta ${doing} feature: table "${table}" requires ${role} table feature(s) that are unsupported by Delta Lake "4.2.0": ${features.join(', ')}.`,
    {
      parameters: { tableNameOrPath: table, unsupported: features.join(', ') },
      hint: 'This is a limit of Runnel, not of Delta: copy the table without these features, or run the cell on a Spark cluster.',
    },
  )
}
