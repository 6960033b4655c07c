export type StaticJoin = 'inner' | 'left' | 'semi' | 'anti'

/**
 * The slow, obvious answer of a stream joined with a static side by `k = k`: each streamed row looks at every static one.
 * A NULL key matches nothing. Rows come out as pairs; semi and anti give the streamed row alone.
 */
export function staticJoinModel<Left extends { readonly k: unknown }, Right extends { readonly k: unknown }>(
  kind: StaticJoin,
  batches: readonly (readonly Left[])[],
  right: readonly Right[],
): [Left, Right | null][][] {
  return batches.map((rows) =>
    rows.flatMap((row): [Left, Right | null][] => {
      const matches = row.k === null ? [] : right.filter((other) => other.k === row.k)
      if (kind === 'semi') return matches.length > 0 ? [[row, null]] : []
      if (kind === 'anti') return matches.length === 0 ? [[row, null]] : []
      if (kind === 'left' && matches.length === 0) return [[row, null]]
      return matches.map((other) => [row, other])
    }),
  )
}
