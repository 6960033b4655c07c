import { formatClock } from '../../ui/format'
import type { EventTimePlane, MarkKind } from '../model/event-time-plane'

/** Sizes in CSS pixels. */
export type ChartBox = {
  readonly linePx: number
  readonly gutterPx: number
  readonly axisPx: number
  readonly heightPx: number
}

/** Colour tokens of the marks; late ones are crossed out too, so that colour is not all that tells them. */
export const MARK_TOKENS: Record<MarkKind, string> = {
  onTime: '--colorBrandForeground1',
  behind: '--colorPaletteMarigoldForeground3',
  late: '--colorPaletteRedForeground3',
}

const FONT = '10px "Segoe UI", system-ui, sans-serif'
/** Times on the axis keep this distance. */
const LABEL_PX = 58

/** Draws the plane in one go: axis, ground that is too late, marks, watermark. */
export function drawEventTime(canvas: HTMLCanvasElement, plane: EventTimePlane, box: ChartBox): void {
  const widthPx = canvas.clientWidth
  const context = canvas.getContext('2d')
  if (context === null || widthPx === 0) return
  const scale = window.devicePixelRatio
  canvas.width = Math.round(widthPx * scale)
  canvas.height = Math.round(box.heightPx * scale)
  context.scale(scale, scale)
  const style = getComputedStyle(canvas)
  const token = (name: string) => style.getPropertyValue(name).trim() || style.color
  const { fromMs, toMs } = plane
  const plotPx = widthPx - box.gutterPx
  const x = (ms: number) => box.gutterPx + Math.min(plotPx, Math.max(0, ((ms - fromMs) / (toMs - fromMs)) * plotPx))
  const y = (line: number) => line * box.linePx

  context.font = FONT
  context.textBaseline = 'middle'
  drawAxis(context, plane, box, x, token)
  context.textAlign = 'right'
  plane.lines.forEach(({ batchId, lateWatermarkMs, marks }, line) => {
    if (lateWatermarkMs > fromMs) {
      context.fillStyle = token('--colorNeutralBackground5')
      context.fillRect(box.gutterPx, y(line), x(lateWatermarkMs) - box.gutterPx, box.linePx)
    }
    const most = Math.max(1, ...marks.map(({ numRows }) => numRows))
    for (const { startMs, endMs, kind, numRows } of marks) {
      const [left, width] = [x(startMs), Math.max(2, x(endMs) - x(startMs) - 1)]
      context.globalAlpha = kind === 'onTime' ? 0.35 + 0.65 * Math.sqrt(numRows / most) : 1
      context.fillStyle = token(MARK_TOKENS[kind])
      context.fillRect(left, y(line) + 1, width, box.linePx - 2)
      context.globalAlpha = 1
      if (kind === 'late')
        crossOut(context, left, y(line) + 1, width, box.linePx - 2, token('--colorNeutralBackground1'))
    }
    if (box.gutterPx > 0 && (box.linePx >= 10 || line === 0)) {
      context.fillStyle = token('--colorNeutralForeground3')
      context.fillText(String(batchId), box.gutterPx - 5, y(line) + Math.max(6, box.linePx / 2))
    }
  })
  drawWatermark(context, plane, box, x, token('--colorNeutralForeground1'))
}

type X = (ms: number) => number
type Token = (name: string) => string

/** Lines where windows meet, with times below where there is room. */
function drawAxis(
  context: CanvasRenderingContext2D,
  { fromMs, toMs, windows }: EventTimePlane,
  { gutterPx, axisPx, heightPx }: ChartBox,
  x: X,
  token: Token,
): void {
  const floor = heightPx - axisPx
  const marks = [...new Set([fromMs, ...windows.flatMap(({ startMs, endMs }) => [startMs, endMs]), toMs])]
    .filter((ms) => ms >= fromMs && ms <= toMs)
    .sort((a, b) => a - b)
  context.strokeStyle = token('--colorNeutralStroke2')
  context.fillStyle = token('--colorNeutralForeground3')
  context.lineWidth = 1
  let free = gutterPx
  for (const ms of marks) {
    const at = Math.round(x(ms)) + 0.5
    context.beginPath()
    context.moveTo(at, 0)
    context.lineTo(at, floor)
    context.stroke()
    if (at < free) continue
    const isLast = at > x(toMs) - LABEL_PX / 2
    context.textAlign = at <= gutterPx + 1 ? 'left' : isLast ? 'right' : 'center'
    if (isLast && at - LABEL_PX < free - LABEL_PX / 2) continue
    context.fillText(formatClock(ms), at, floor + axisPx / 2)
    free = at + LABEL_PX + (context.textAlign === 'left' ? LABEL_PX / 2 : 0)
  }
}

/** Through every line at the watermark its rows were measured by; on top the one that holds now. */
function drawWatermark(
  context: CanvasRenderingContext2D,
  { lines, watermarkMs, fromMs, toMs }: EventTimePlane,
  { linePx }: ChartBox,
  x: X,
  color: string,
): void {
  const steps = [watermarkMs, ...lines.map(({ lateWatermarkMs }) => lateWatermarkMs)]
  context.strokeStyle = color
  context.lineWidth = 2
  context.lineJoin = 'round'
  context.beginPath()
  let isDown = false
  for (let line = 0; line < lines.length; line++) {
    const ms = steps[line + 1]
    if (ms === 0) break
    if (!isDown) context.moveTo(x(steps[0]), 1)
    isDown = true
    context.lineTo(x(ms), line * linePx + 1)
    context.lineTo(x(ms), (line + 1) * linePx + 1)
  }
  context.stroke()
  if (watermarkMs < fromMs || watermarkMs > toMs) return
  context.fillStyle = color
  context.beginPath()
  context.moveTo(x(watermarkMs) - 5, 0)
  context.lineTo(x(watermarkMs) + 5, 0)
  context.lineTo(x(watermarkMs), 6)
  context.fill()
}

function crossOut(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  height: number,
  color: string,
): void {
  context.strokeStyle = color
  context.lineWidth = 1
  context.beginPath()
  context.moveTo(left, top + height)
  context.lineTo(left + width, top)
  context.stroke()
}
