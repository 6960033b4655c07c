import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { Workbench } from './pages/workbench'
import { START_PIPELINE, batchesPass, startProducer } from './pages/pipeline'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const COLOR_RULES = ['color-contrast', 'link-in-text-block']

/** Every theme in turn: the theme goes on by one each time. `part`: the rest of the page is judged elsewhere. */
async function expectAccessible(page: Page, state: string, part: string | null = null): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const theme = await page.locator('[data-theme]').first().getAttribute('data-theme')
    // Fluent's focus traps hold two invisible elements that only the keyboard passes (a known false alarm).
    const axe = new AxeBuilder({ page }).exclude('[data-tabster-dummy]')
    // High contrast shows the same elements as light and dark: only rules of colour can say something new.
    if (theme === 'contrast') axe.withRules(COLOR_RULES)
    else axe.withTags(TAGS)
    const { violations } = await (part === null ? axe : axe.include(part)).analyze()
    const told = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.html}`).join('\n    ')}`,
    )
    expect(told, `${state}, ${theme ?? ''}`).toEqual([])
    await nextTheme(page)
  }
}

/** By its command, which works whatever has the focus: a dialog keeps its own. */
async function nextTheme(page: Page): Promise<void> {
  const before = await page.locator('[data-theme]').first().getAttribute('data-theme')
  await page.evaluate("runnel.command('theme')")
  await expect(page.locator('[data-theme]').first()).not.toHaveAttribute('data-theme', before ?? '')
  // Code is coloured anew, and Fluent's transitions end.
  await page.waitForTimeout(400)
}

const NOTHING_COMES_OUT = `(spark.readStream.table("bronze_events").filter("eventType = 'no such type'")
    .writeStream.format("memory").queryName("nothing").start())`

test('no violation of accessibility rules: empty, running, failed, dialogs; light, dark and high contrast', async ({
  page,
}) => {
  test.setTimeout(240_000)
  const bench = await Workbench.open(page)
  await page.evaluate('document.activeElement instanceof HTMLElement && document.activeElement.blur()')
  await expectAccessible(page, 'empty')

  await startProducer(bench)
  await bench.run(START_PIPELINE)
  await batchesPass(bench, 'silver_events', 1)
  await bench.run('display(spark.table("bronze_events").groupBy("eventType").count())')
  await bench.run(NOTHING_COMES_OUT)
  await expect(page.getByText(/filter|No rows have come/).last()).toBeVisible()
  await bench.run('display(spark.readStream.table("bronze_events"))')
  await expect(page.getByRole('group', { name: /^Preview display_query/ })).toBeVisible()
  // Time stands still while the page is judged: the streams run, and their numbers keep.
  await bench.evaluate("runnel.engine.clock({ kind: 'pause' })")
  await expectAccessible(page, 'running')

  await page.evaluate("runnel.command('last-cell')")
  await page
    .getByRole('button', { name: /^Language of cell/ })
    .last()
    .click()
  await expect(page.getByRole('menuitemradio', { name: 'TypeScript' })).toBeVisible()
  await expectAccessible(page, 'language menu', '[role=menu]')
  await page.keyboard.press('Escape')

  await bench.evaluate("runnel.engine.clock({ kind: 'resume' })")
  await bench.tryRun('spark.table("nowhere").show()')
  await bench.evaluate(`runnel.engine.crash(${JSON.stringify(await bench.query('bronze_events'))}, 'data')`)
  await expect(
    page.getByRole('article', { name: 'Stream bronze_events' }).getByRole('button', { name: 'Recover' }),
  ).toBeVisible()
  await bench.evaluate("runnel.engine.clock({ kind: 'pause' })")
  await expectAccessible(page, 'failed')

  for (const [command, name] of [
    ['palette', 'Command palette'],
    ['shortcuts', 'Keyboard shortcuts'],
    ['differences', 'What differs from a cluster'],
    ['start-over', 'Start over?'],
  ]) {
    await page.evaluate(`runnel.command(${JSON.stringify(command)})`)
    await expect(page.getByRole('dialog', { name })).toBeVisible()
    await expectAccessible(page, name, '[role=dialog]')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog', { name })).toBeHidden()
  }
})

test('a tooltip opened by the keyboard breaks no rule either', async ({ page }) => {
  await Workbench.open(page)
  await page.getByRole('button', { name: 'Change theme' }).focus()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('tooltip')).toBeVisible()
  await expectAccessible(page, 'tooltip', '[role=tooltip]')
})

/** Name and text of what has the keyboard, and the card it stands in. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    const card = element?.closest('article')?.getAttribute('aria-label') ?? ''
    return `${element?.getAttribute('aria-label') ?? ''}|${element?.textContent ?? ''}|${card}`
  })
}

async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (name.test(await focused(page))) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reached ${String(name)}`)
}

async function f6To(page: Page, region: string): Promise<void> {
  for (let presses = 0; presses < 8; presses++) {
    const at = await page.evaluate(
      () => document.activeElement?.closest('[data-region]')?.getAttribute('data-region') ?? '',
    )
    if (at === region) return
    await page.keyboard.press('F6')
  }
  throw new Error(`F6 never reached ${region}`)
}

async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1')
  await expect(page.getByRole('combobox', { name: 'Command' })).toBeFocused()
  await page.keyboard.type(title)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Command palette' })).toBeHidden()
}

test('the first notebook, by the keyboard alone', async ({ page }) => {
  test.setTimeout(240_000)
  await page.goto(Workbench.url())
  await expect(page.getByRole('button', { name: 'Session: ready' })).toBeVisible({ timeout: 60_000 })

  await command(page, 'Run all')
  await expect(page.getByText(/^Run all: \d+ ok/)).toBeVisible({ timeout: 180_000 })

  // Stream time: hold, one batch, go on.
  await page.keyboard.press('Alt+p')
  await expect(page.getByText('PAUSED: streams and producers hold')).toBeVisible()
  await page.keyboard.press('Alt+.')
  await page.keyboard.press('Alt+p')
  await expect(page.getByText('PAUSED: streams and producers hold')).toBeHidden()

  // A stream dies on purpose and comes back.
  await f6To(page, 'Streams')
  await tabTo(page, /^Crash [^|]+\|/)
  const [, title] = /^Crash ([^|]+)\|/.exec(await focused(page)) ?? []
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menu')).toBeVisible()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  const card = page.getByRole('article', { name: `Stream ${title}`, exact: true })
  await expect(card.getByRole('button', { name: 'Recover' })).toBeVisible({ timeout: 60_000 })
  await f6To(page, 'Streams')
  await tabTo(page, new RegExp(`\\|Recover\\|Stream ${title}$`))
  await page.keyboard.press('Enter')
  await expect(card.getByRole('button', { name: 'Stop stream' })).toBeVisible({ timeout: 60_000 })

  // A cell of one's own, below the selected one, with its result.
  await f6To(page, 'Notebook')
  await page.keyboard.press('b')
  await expect(page.getByRole('textbox', { name: /^Cell \d+ code/ })).toBeFocused()
  await page.keyboard.type('print("rows", spark.table("bronze_events").count() > 0)')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('rows True', { exact: true })).toBeVisible({ timeout: 60_000 })
  await page.keyboard.press('Escape')
  expect(await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['cell'])).toBeTruthy()

  await page.keyboard.press('Control+Shift+Period')
  await expect(page.getByRole('button', { name: 'Stop all streams (0)' })).toBeVisible({ timeout: 30_000 })
  await page.keyboard.press('Control+s')
  await expect(page.getByText(/^Saved \d\d:\d\d$/)).toBeVisible()
})

for (const [name, width, height] of [
  ['1280x720', 1280, 720],
  ['1280x720 at 150 %', 853, 480],
] as const) {
  test(`${name}: clock, current cell and its strip are visible together, nothing scrolls sideways`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height })
    const bench = await Workbench.open(page)
    // Longer than the window of a laptop at 150 %: the strip lies over its end.
    await bench.run(`${'# a remark\n'.repeat(12)}rate = spark.readStream.format("rate").option("rowsPerSecond", 10).load()
query = (rate.writeStream.queryName("ticks")
    .trigger(processingTime="1 second")
    .option("checkpointLocation", "Files/checkpoints/ticks")
    .toTable("ticks"))`)
    await batchesPass(bench, 'ticks', 1)
    const cell = page.getByRole('group', { name: /^Cell \d+$/ }).last()
    await page.evaluate("runnel.command('last-cell')")
    const strip = cell.getByRole('status', { name: 'Flow of ticks' })
    for (const [what, locator] of [
      ['clock', page.getByRole('timer')],
      ['pause', page.getByRole('button', { name: 'Pause' })],
      ['cell number', cell.getByRole('button', { name: /^Run cell/ })],
      ['strip', strip],
    ] as const) {
      await expect(locator, what).toBeInViewport({ ratio: 0.9 })
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    const clipped = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('header button, [data-region] button, footer span')]
        .filter((element) => element.offsetParent !== null)
        .filter((element) => {
          const { left, right, width: wide } = element.getBoundingClientRect()
          return wide > 0 && (left < -1 || right > window.innerWidth + 1)
        })
        .map((element) => element.textContent),
    )
    expect(clipped).toEqual([])
  })
}
