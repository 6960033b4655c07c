import type { BenchCase } from '../case'
import { OVER_COLUMNS_DISTINCT } from './windowed-pipeline'
import { AGGREGATES, measureAgainstDuckDb } from './windowed-vs-duckdb'

/** `windowed-vs-duckdb` with the exact number of products in each group, of 1,000; a leniency of workshop mode. */
export const benchCase: BenchCase = {
  name: 'windowed-distinct-vs-duckdb',
  goal: { atLeast: 3 },
  run: () => measureAgainstDuckDb(OVER_COLUMNS_DISTINCT, `${AGGREGATES}, count(DISTINCT productId) AS products`),
}
