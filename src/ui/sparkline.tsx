import { makeStyles, tokens } from '@fluentui/react-components'

const useStyles = makeStyles({
  line: {
    stroke: tokens.colorBrandForeground1,
    strokeWidth: '1.5px',
    fill: 'none',
    vectorEffect: 'non-scaling-stroke',
  },
  area: { fill: tokens.colorBrandBackground2, stroke: 'none' },
  base: { stroke: tokens.colorNeutralStroke2, strokeWidth: '1px', vectorEffect: 'non-scaling-stroke' },
})

export type SparklineProps = {
  readonly values: readonly number[]
  readonly label: string
  readonly width: number
  readonly height: number
}

/** Arrivals of the last minute: one point a real second. The label carries the newest number for who cannot see it. */
export function Sparkline({ values, label, width, height }: SparklineProps) {
  const styles = useStyles()
  const top = Math.max(1, ...values)
  const step = values.length > 1 ? width / (values.length - 1) : width
  const points = values.map(
    (value, index) => `${(index * step).toFixed(1)},${(height - 1 - (value / top) * (height - 3)).toFixed(1)}`,
  )
  return (
    <svg
      role="img"
      aria-label={label}
      width="100%"
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      data-points={values.length}
    >
      <line className={styles.base} x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} />
      {points.length > 1 && (
        <>
          <polygon className={styles.area} points={`0,${height} ${points.join(' ')} ${width},${height}`} />
          <polyline className={styles.line} points={points.join(' ')} />
        </>
      )}
    </svg>
  )
}
