import { optionText } from './plan'
import type { OptionValue, Options } from './plan'

/** format, option and options, as every reader and writer has them. */
export abstract class OptionBag {
  /** @internal */
  protected source: string | null = null
  /** @internal */
  protected readonly given: Record<string, string> = {}

  /** The kind of source or sink: `delta`, `json`, `rate`, `eventhubs`, `kafka`, `console`, ... */
  format(source: string): this {
    this.source = source
    return this
  }
  option(key: string, value: OptionValue): this {
    const text = optionText(value)
    if (text !== null) this.given[key] = text
    return this
  }
  options(options: Options): this {
    for (const [key, value] of Object.entries(options)) this.option(key, value)
    return this
  }
}
