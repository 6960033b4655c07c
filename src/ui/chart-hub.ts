/** One animation frame for all charts; a hidden page or chart draws nothing until it is seen again. */
type Chart = { draw(): void; isVisible: boolean; isDirty: boolean }

const charts = new Map<Element, Chart>()
let frame = 0

const observer =
  typeof IntersectionObserver === 'undefined'
    ? null
    : new IntersectionObserver((entries) => {
        for (const entry of entries) {
          const chart = charts.get(entry.target)
          if (chart) chart.isVisible = entry.isIntersecting
        }
        schedule()
      })

export function registerChart(element: Element, draw: () => void): () => void {
  charts.set(element, { draw, isVisible: true, isDirty: true })
  observer?.observe(element)
  schedule()
  return () => {
    charts.delete(element)
    observer?.unobserve(element)
  }
}

export function markDirty(element: Element): void {
  const chart = charts.get(element)
  if (chart) chart.isDirty = true
  schedule()
}

function schedule(): void {
  if (frame === 0 && !document.hidden) frame = requestAnimationFrame(drawDirty)
}

function drawDirty(): void {
  frame = 0
  for (const chart of charts.values()) {
    if (!chart.isDirty || !chart.isVisible) continue
    chart.isDirty = false
    chart.draw()
  }
}

if (typeof document !== 'undefined') document.addEventListener('visibilitychange', schedule)
