/** A text edit of one cell: the first `from` becomes `to`. */
export type CellEdit = { readonly from: string; readonly to: string }

const READER = /\.format\(\s*["']eventhubs["']\s*\)(\s*\\?\s*)\.options\(\s*\*\*(\w+)\s*\)(\s*\\?\s*)\.load\(\s*\)/

/**
 * The reader of the open-source Event Hubs connector as a reader of the hub's Kafka endpoint (B08), with its two columns under
 * their old names, so that the cells below run as they are. Null when the cell reads in another way.
 *
 * `connection` is the Python name that holds the connection string, `hub` the hub's name as a Python expression.
 */
export function kafkaReader(source: string, { connection, hub }: { connection: string; hub: string }): CellEdit | null {
  const found = READER.exec(source)
  if (found === null) return null
  const [from, join] = found
  const login = `org.apache.kafka.common.security.plain.PlainLoginModule required username="$ConnectionString" password="{${connection}}";`
  const steps = [
    '.format("kafka")',
    '.option("kafka.bootstrap.servers", "your-namespace.servicebus.windows.net:9093")',
    '.option("kafka.security.protocol", "SASL_SSL")',
    '.option("kafka.sasl.mechanism", "PLAIN")',
    `.option("kafka.sasl.jaas.config", f'${login}')`,
    `.option("subscribe", ${hub})`,
    '.option("startingOffsets", "earliest")',
    '.load()',
    '.withColumnRenamed("value", "body")',
    '.withColumnRenamed("timestamp", "enqueuedTime")',
  ]
  return { from, to: steps.join(join) }
}

/** The Python name behind `"eventhubs.connectionString": NAME` or `encrypt(NAME)` in any cell. */
export function connectionName(code: string): string | null {
  const found = /["']eventhubs\.connectionString["']\s*:\s*(?:[\w.]+encrypt\(\s*)?(\w+)/.exec(code)
  return found === null || found[1] === 'sc' ? null : found[1]
}

/** The hub as Python knows it: a name that holds it, else its text. */
export function hubExpression(code: string, hub: string): string {
  const named = new RegExp(`^\\s*(\\w+)\\s*=\\s*["']${hub.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}["']`, 'm').exec(code)
  return named === null ? JSON.stringify(hub) : named[1]
}
