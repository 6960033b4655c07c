/** The slow, obvious answer of `limit(n)` on a stream: rows count over the whole life of the query. */
export function limitModel<Row>(maxRows: number, batches: readonly (readonly Row[])[]): Row[][] {
  let count = 0
  return batches.map((rows) => rows.filter(() => count++ < maxRows))
}
