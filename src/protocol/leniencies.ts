/**
 * The one list of what workshop mode allows and real Spark refuses. The engine is strict at heart: whoever is lenient calls
 * `lenient(id, detail)`, which raises the notice in workshop mode and this error in strict mode.
 */
export type Leniency = {
  readonly id: string
  /** What we did instead; `{name}` is filled from the detail. */
  readonly notice: string
  /** Spark's (or the connector's) words. */
  readonly spark: string
  readonly condition: string
  readonly exception:
    'AnalysisException' | 'IllegalArgumentException' | 'SparkException' | 'NameError' | 'ModuleNotFoundError'
  readonly fix: { readonly description: string; readonly from: string; readonly to: string } | null
}

export const LENIENCIES: Readonly<Record<string, Leniency>> = {
  'python-default-name': {
    id: 'python-default-name',
    notice: '`{name}` is not imported in this notebook; Runnel used its usual meaning.',
    spark: "name '{name}' is not defined",
    condition: 'NameError',
    exception: 'NameError',
    fix: { description: 'Import it in the first cell', from: '', to: '{import}' },
  },
}
