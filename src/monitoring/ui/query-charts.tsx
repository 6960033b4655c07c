import { makeStyles } from '@fluentui/react-components'
import { memo } from 'react'
import { BatchChart } from '../../ui/batch-chart'
import { formatBytes, formatRate, plural } from '../../ui/format'
import type { BatchPoints } from '../model/monitoring'

const CHART_PX = 58

const useStyles = makeStyles({ charts: { display: 'flex', flexDirection: 'column', gap: '2px' } })

const formatMs = (value: number) =>
  value >= 1000 ? `${Number((value / 1000).toFixed(1))} s` : `${Math.round(value)} ms`

/** "1,240 rows · 96 kB": numRowsTotal and memoryUsedBytes. */
function stateText({ stateRows, stateBytes }: BatchPoints): string {
  const rows = stateRows.at(-1)
  return rows === undefined ? '–' : `${plural(rows, 'row')} · ${formatBytes(stateBytes.at(-1) ?? 0)}`
}

/** The Spark UI's first charts, in its words; one point per batch. */
export const QueryCharts = memo(function QueryCharts({
  points,
  themeKey,
  showsState,
}: {
  points: BatchPoints
  themeKey: string
  /** The plan keeps state: one more chart, from the start, so that nothing moves when the first group comes. */
  showsState: boolean
}) {
  const styles = useStyles()
  const newest = (values: readonly number[], unit: string) =>
    values.length === 0 ? '–' : `${formatRate(values[values.length - 1])} ${unit}`
  const shared = { x: points.batchId, height: CHART_PX, themeKey }
  return (
    <div className={styles.charts}>
      <BatchChart
        {...shared}
        title="Input rate"
        y={points.inputRate}
        value={newest(points.inputRate, 'rows/s')}
        formatY={formatRate}
        color="brand"
      />
      <BatchChart
        {...shared}
        title="Process rate"
        y={points.processedRate}
        value={newest(points.processedRate, 'rows/s')}
        formatY={formatRate}
        color="green"
      />
      <BatchChart
        {...shared}
        title="Batch duration"
        y={points.durationMs}
        value={newest(points.durationMs, 'ms')}
        formatY={formatMs}
        color="marigold"
      />
      {showsState && (
        <BatchChart
          {...shared}
          title="State rows"
          y={points.stateRows}
          value={stateText(points)}
          formatY={formatRate}
          color="brand"
        />
      )}
    </div>
  )
})
