import type { RunnelError } from '../../protocol/errors/runnel-error'
import { userError } from '../../protocol/errors/runnel-error'

/** Spark's refusals that several relations share. Words and SQLSTATE as in Spark 4.1.1's error conditions. */

/** A plan Runnel does not run yet: Spark's class for refused features, the feature by its name, and what to do instead. */
export function unsupportedFeature(feature: string, hint: string): RunnelError {
  return userError(
    `UNSUPPORTED_FEATURE.${feature.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`,
    `The feature is not supported: ${feature}.`,
    {
      sqlState: '0A000',
      parameters: { feature },
      hint,
    },
  )
}
