import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { Workbench } from './pages/workbench'

/** What the editor knows while somebody types, all by keyboard: Monaco's own list, marks and hover texts. */

const SQL_CELL = 'Control+Alt+2'

async function newCell(page: Page, language?: string): Promise<void> {
  await page.getByRole('button', { name: 'Add code at the end' }).click()
  await expect(page.getByRole('textbox', { name: /^Cell \d+ code/ })).toBeFocused()
  if (language !== undefined) await page.keyboard.press(language)
}

const suggestions = (page: Page) => page.locator('.suggest-widget.visible')
const option = (page: Page, name: RegExp) => suggestions(page).getByRole('option', { name })
const liveText = async (page: Page) =>
  (await page.locator('.monaco-editor .view-lines').innerText()).replaceAll('\u00a0', ' ')

test('a SQL cell completes columns, tables and functions, and runs what was chosen', async ({ page }) => {
  const bench = await Workbench.open(page)
  await bench.run('spark.range(3).selectExpr("id AS eventId", "id % 2 AS parity").write.saveAsTable("events")')
  await bench.run('spark.table("events").createOrReplaceTempView("recent_events")')

  await newCell(page, SQL_CELL)
  await page.keyboard.type('SELECT eve')
  await expect(option(page, /^eventId/)).toBeVisible()
  await page.keyboard.press('Enter')
  await page.keyboard.type(' FROM ev')
  await expect(option(page, /^events/)).toBeVisible()
  await expect(option(page, /^recent_events/)).toBeVisible()
  await page.keyboard.press('Enter')
  await page.keyboard.type(' e WHERE e.')
  await expect(option(page, /^parity/)).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.keyboard.type(' = 1')
  await expect.poll(() => liveText(page)).toBe('SELECT eventId FROM events e WHERE e.parity = 1')
  await page.keyboard.press('Control+Enter')
  await expect(page.locator('[data-cell][aria-current="true"]').getByRole('grid')).toContainText('eventId')
})

test('a function shows its signature and its doc; a parse error is marked where it stands', async ({ page }) => {
  await Workbench.open(page)
  await newCell(page, SQL_CELL)
  await page.keyboard.type('SELECT substri')
  await expect(option(page, /^substring,/)).toBeVisible()
  await page.keyboard.press('Control+Space')
  await expect(page.locator('.suggest-details')).toContainText('Part from a position')
  await page.keyboard.press('Enter')
  await expect(page.locator('.parameter-hints-widget.visible')).toContainText('substring(')
  await page.keyboard.type("'abc', 2, 1) FROM FROM FROM")
  await expect(page.locator('.monaco-editor .squiggly-error')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+Backspace')
  await page.keyboard.press('Control+Backspace')
  await page.keyboard.press('Control+Backspace')
  await page.keyboard.press('Control+Backspace')
  await expect(page.locator('.monaco-editor .squiggly-error')).toHaveCount(0)
})

test('a Python cell completes what the session holds, also while another cell runs', async ({ page }) => {
  const bench = await Workbench.open(page)
  await bench.run('spark.range(3).write.saveAsTable("ticks")\nnumbers_seen = [1]')
  await newCell(page)
  await page.keyboard.type('spark.rea')
  await expect(option(page, /^readStream/)).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.keyboard.type('.for')
  await expect(option(page, /^format/)).toBeVisible()
  await page.keyboard.press('Enter')
  await page.keyboard.type('("rate").option("row')
  await page.keyboard.press('Control+Space')
  await expect(option(page, /^rowsPerSecond/)).toBeVisible()
  await page.keyboard.press('Enter')
  await expect.poll(() => liveText(page)).toContain('spark.readStream.format("rate").option("rowsPerSecond')

  await newCell(page)
  await page.keyboard.type('spark.sql("SELECT * FROM tic')
  await page.keyboard.press('Control+Space')
  await expect(option(page, /^ticks/)).toBeVisible()
  await page.keyboard.press('Enter')
  await expect.poll(() => liveText(page)).toContain('spark.sql("SELECT * FROM ticks')

  const busy = bench.tryRun('import time\nfor _ in range(10**12): pass')
  await expect(page.getByRole('button', { name: /Interrupt cell/ })).toBeVisible()
  await newCell(page)
  await page.keyboard.type('numbers')
  await expect(option(page, /^numbers_seen/)).toBeVisible()
  await page.keyboard.press('Enter')
  await expect.poll(() => liveText(page)).toBe('numbers_seen')
  await bench.evaluate("runnel.command('interrupt')")
  expect((await busy).status).toBe('interrupted')
})
