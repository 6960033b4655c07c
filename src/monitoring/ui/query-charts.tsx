import { makeStyles } from '@fluentui/react-components'
import { memo } from 'react'
import { BatchChart } from '../../ui/batch-chart'
import { formatRate } from '../../ui/format'
import type { BatchPoints } from '../model/monitoring'

const CHART_PX = 58

const useStyles = makeStyles({ charts: { display: 'flex', flexDirection: 'column', gap: '2px' } })

const formatMs = (value: number) => (value >= 10_000 ? `${Math.round(value / 1000)} s` : `${Math.round(value)} ms`)

/** The Spark UI's first charts, in its words; one point per batch. */
export const QueryCharts = memo(function QueryCharts({ points, themeKey }: { points: BatchPoints; themeKey: string }) {
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
    </div>
  )
})
