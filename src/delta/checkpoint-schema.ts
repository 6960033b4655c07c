import { BOOLEAN, INTEGER, LONG, STRING, arrayOf, mapOf, structOf } from '../engine/types/atomic-types'
import type { StructType } from '../protocol/columns'

const strings = mapOf(STRING, STRING)

const deletionVector = structOf({
  storageType: STRING,
  pathOrInlineDv: STRING,
  offset: INTEGER,
  sizeInBytes: INTEGER,
  cardinality: LONG,
})

/** One row an action: exactly one of the columns is not NULL. */
export const CHECKPOINT_SCHEMA: StructType = structOf({
  txn: structOf({ appId: STRING, version: LONG, lastUpdated: LONG }),
  add: structOf({
    path: STRING,
    partitionValues: strings,
    size: LONG,
    modificationTime: LONG,
    dataChange: BOOLEAN,
    tags: strings,
    deletionVector,
    stats: STRING,
  }),
  remove: structOf({
    path: STRING,
    deletionTimestamp: LONG,
    dataChange: BOOLEAN,
    extendedFileMetadata: BOOLEAN,
    partitionValues: strings,
    size: LONG,
    deletionVector,
  }),
  metaData: structOf({
    id: STRING,
    name: STRING,
    description: STRING,
    format: structOf({ provider: STRING, options: strings }),
    schemaString: STRING,
    partitionColumns: arrayOf(STRING),
    configuration: strings,
    createdTime: LONG,
  }),
  protocol: structOf({
    minReaderVersion: INTEGER,
    minWriterVersion: INTEGER,
    readerFeatures: arrayOf(STRING),
    writerFeatures: arrayOf(STRING),
  }),
  domainMetadata: structOf({ domain: STRING, configuration: STRING, removed: BOOLEAN }),
})

/** What V2 checkpoints add: pointers to files that hold the file actions. */
export const SIDECAR_SCHEMA: StructType = structOf({
  sidecar: structOf({ path: STRING, sizeInBytes: LONG, modificationTime: LONG }),
})
