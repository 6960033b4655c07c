import { makeStyles, tokens } from '@fluentui/react-components'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { markDirty, registerChart } from './chart-hub'

export type BatchChartProps = {
  readonly title: string
  /** One x per point, rising. */
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** Newest value as text, with its unit. */
  readonly value: string
  readonly formatY: (value: number) => string
  readonly color: 'brand' | 'green' | 'marigold'
  readonly height: number
  /** Changes when colours change. */
  readonly themeKey: string
}

const COLOR_TOKENS = {
  brand: '--colorBrandForeground1',
  green: '--colorPaletteGreenForeground3',
  marigold: '--colorPaletteMarigoldForeground3',
}

const useStyles = makeStyles({
  figure: { margin: 0 },
  caption: {
    display: 'grid',
    // The newest value begins at one place, however long it is: a number that moves draws the eye for nothing.
    gridTemplateColumns: '100px minmax(0, 1fr)',
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
    color: tokens.colorNeutralForeground2,
  },
  value: {
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorNeutralForeground1,
    fontWeight: tokens.fontWeightSemibold,
    whiteSpace: 'nowrap',
  },
})

/** A line over micro-batches. The canvas has the caption as its text alternative. */
export function BatchChart({ title, x, y, value, formatY, color, height, themeKey }: BatchChartProps) {
  const styles = useStyles()
  const box = useRef<HTMLDivElement>(null)
  const latest = useRef({ x, y })
  useEffect(() => {
    latest.current = { x, y }
    if (box.current) markDirty(box.current)
  }, [x, y])

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const plot = new uPlot(optionsOf(element, color, height, formatY), [[], []], element)
    const unregister = registerChart(element, () => {
      plot.setData([latest.current.x as number[], latest.current.y as number[]])
      element.dataset.points = String(latest.current.x.length)
    })
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }))
    resize.observe(element)
    return () => {
      resize.disconnect()
      unregister()
      plot.destroy()
    }
  }, [color, height, formatY, themeKey])

  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <span>{title}</span>
        <span className={styles.value}>{value}</span>
      </figcaption>
      <div ref={box} role="img" aria-label={`${title}: ${value}, ${x.length} batches`} style={{ height }} />
    </figure>
  )
}

function optionsOf(
  element: HTMLElement,
  color: BatchChartProps['color'],
  height: number,
  formatY: (value: number) => string,
): uPlot.Options {
  const style = getComputedStyle(element)
  const token = (name: string) => style.getPropertyValue(name).trim() || style.color
  const axis: uPlot.Axis = {
    stroke: token('--colorNeutralForeground3'),
    font: '10px "Segoe UI", system-ui, sans-serif',
    grid: { stroke: token('--colorNeutralStroke3'), width: 1 },
    ticks: { show: false },
    border: { show: false },
  }
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    // Room for half of the topmost and of the last label.
    padding: [7, 10, 0, 0],
    scales: { x: { time: false }, y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        size: 16,
        gap: 1,
        space: 60,
        grid: { show: false },
        values: (_plot, splits) => splits.map((split) => (Number.isInteger(split) ? String(split) : '')),
      },
      { ...axis, size: 40, gap: 3, space: 20, values: (_plot, splits) => splits.map(formatY) },
    ],
    series: [
      {},
      { stroke: token(COLOR_TOKENS[color]), width: 1.5, points: { show: (plot) => plot.data[0].length < 30, size: 4 } },
    ],
  }
}
