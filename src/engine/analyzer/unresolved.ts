/** True for the errors of a name that its scope does not have; another scope may. */
export function isUnresolved(error: unknown): boolean {
  const condition = (error as { condition?: unknown }).condition
  return (
    typeof condition === 'string' &&
    (condition.startsWith('UNRESOLVED_COLUMN') ||
      condition.startsWith('MISSING_ATTRIBUTES') ||
      condition === 'CANNOT_RESOLVE_DATAFRAME_COLUMN')
  )
}
