/** The names TypeScript cells have: the whole public surface of the API. */
export { Column } from './column'
export type { ColumnOrLiteral, ColumnOrName, Literal } from './column'
export type { CatalogColumn, CatalogDatabase, CatalogTable } from './catalog'
export { DataFrame } from './dataframe'
export type { ExplainMode, JoinType } from './dataframe'
export type { Functions } from './functions/functions'
export { functions } from './functions/functions'
export type { GroupedData } from './group'
export type { OptionValue, Options } from './plan'
export type { DataFrameReader, DataStreamReader } from './reader'
export type { Row } from './rows'
export { SPARK_VERSION, SparkSession } from './session'
export { StreamingQuery } from './streaming/query'
export type { StreamingQueryManager } from './streaming/query'
export type { DataStreamWriter, OutputMode, Trigger } from './streaming/writer'
export {
  ArrayType,
  BinaryType,
  BooleanType,
  ByteType,
  DataType,
  DateType,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  MapType,
  NullType,
  ShortType,
  StringType,
  StructField,
  StructType,
  TimestampNTZType,
  TimestampType,
} from './types'
export { Window, WindowSpec } from './window'
export type { DataFrameWriter, DataFrameWriterV2, SaveMode } from './writer'
