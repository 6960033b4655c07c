import { expect } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'
import type { QueryInfo } from '../../src/protocol/workers/engine'

/** The page as a person or a program drives it; answers come from the page itself. */
export class Workbench {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  static url(path = ''): string {
    const base = process.env['RUNNEL_URL']
    if (base === undefined) throw new Error('RUNNEL_URL is not set: run the specs with "npx playwright test"')
    return `${base}${path}`
  }

  /** Opens the page with its automation on and waits for Python. */
  static async open(page: Page, mode: 'workshop' | 'strict' = 'workshop'): Promise<Workbench> {
    const bench = new Workbench(page)
    await page.goto(Workbench.url(`#automation&attached&mode=${mode}`))
    await bench.ready()
    return bench
  }

  /** For windows that cannot run Python: waits for the engine alone. */
  static async openWithoutPython(page: Page, base = Workbench.url()): Promise<Workbench> {
    const bench = new Workbench(page)
    await page.goto(`${base}#automation&attached&mode=workshop`)
    await expect
      .poll(() => bench.evaluate('runnel.engine.queries().then(() => true)').catch(() => false), { timeout: 30_000 })
      .toBe(true)
    return bench
  }

  async ready(): Promise<void> {
    // Not `waitForFunction`: it evaluates inside the page, which its content security policy forbids.
    await expect.poll(() => this.page.evaluate('globalThis.runnel !== undefined'), { timeout: 30_000 }).toBe(true)
    await this.page.evaluate('runnel.ready()')
  }

  /** After a reload or a crash of the tab. */
  async reload(): Promise<void> {
    await this.page.reload()
    await this.ready()
  }

  /** A notebook of one's own with these cells, typed in as by a paste; its first, empty cell stays. */
  async newNotebook(cells: readonly string[]): Promise<void> {
    await this.evaluate("runnel.command('new')")
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveText(/^notebook/)
    for (const source of cells) {
      await this.page.getByRole('button', { name: 'Add code at the end' }).click()
      await expect(this.page.getByRole('textbox', { name: /^Cell \d+ code/ })).toBeFocused()
      await this.paste(source)
    }
  }

  paste(text: string): Promise<void> {
    return this.page.evaluate((content) => {
      const data = new DataTransfer()
      data.setData('text/plain', content)
      document.activeElement?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      )
    }, text)
  }

  cell(number: number): Locator {
    return this.page.getByRole('group', { name: `Cell ${number}`, exact: true })
  }

  /** Runs code in a new cell at the end; throws when it ends with an error. */
  async run(code: string): Promise<string> {
    const outcome = await this.tryRun(code)
    expect(outcome.error, JSON.stringify(outcome.error)).toBeNull()
    expect(outcome.status).toBe('ok')
    return outcome.text
  }

  tryRun(code: string): Promise<{
    status: string
    text: string
    error: { condition: string; message: string; hint: string | null } | null
  }> {
    return this.page.evaluate(`runnel.runCode(${JSON.stringify(code)})`)
  }

  /** The last printed line, as JSON. */
  async ask<T>(code: string): Promise<T> {
    const lines = (await this.run(code)).trim().split('\n')
    return JSON.parse(lines.at(-1) ?? 'null') as T
  }

  evaluate<T>(expression: string): Promise<T> {
    return this.page.evaluate<T>(expression)
  }

  queries(): Promise<QueryInfo[]> {
    return this.evaluate('runnel.engine.queries()')
  }

  /** Events ever appended to the hub. */
  async sent(hub: string): Promise<number> {
    const hubs = await this.evaluate<{ name: string; numSent: number }[]>('runnel.broker.hubs()')
    return hubs.find(({ name }) => name === hub)?.numSent ?? 0
  }

  /** None while the page loads again. */
  queriesNow(): Promise<QueryInfo[]> {
    return this.queries().catch(() => [])
  }

  async query(title: string): Promise<string> {
    const found = (await this.queries()).find((query) => query.title === title)
    if (found === undefined) throw new Error(`No query is called ${title}`)
    return found.id
  }
}
