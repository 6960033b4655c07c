import { sparkError } from '../errors'

const regexes = new Map<string, RegExp>()

/** A Java pattern as a global JavaScript one: `(?i)` flags, possessive quantifiers, `\A \z \Z`, POSIX classes. */
export function javaRegex(source: string): RegExp {
  let regex = regexes.get(source)
  if (regex === undefined) {
    const { body, flags } = translateJava(source)
    try {
      regex = new RegExp(body, `g${flags}u`)
    } catch {
      try {
        regex = new RegExp(body, `g${flags}`)
      } catch {
        throw sparkError(
          'INVALID_PARAMETER_VALUE.PATTERN',
          { parameter: 'regexp', functionName: '`rlike`', value: `'${source}'` },
          { exception: 'SparkRuntimeException', hint: 'The pattern is not a regular expression.' },
        )
      }
    }
    if (regexes.size > 500) regexes.clear()
    regexes.set(source, regex)
  }
  return regex
}

const POSIX: Readonly<Record<string, string>> = {
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Upper: 'A-Z',
  Lower: 'a-z',
  Space: '\\s',
  XDigit: '0-9A-Fa-f',
  Punct: '!-\\/:-@\\[-`{-~',
  Blank: ' \\t',
  ASCII: '\\x00-\\x7f',
  Cntrl: '\\x00-\\x1f\\x7f',
}

function translateJava(source: string): { body: string; flags: string } {
  let flags = ''
  const leading = /^\(\?([ims]+)\)/.exec(source)
  let body = source
  if (leading !== null) {
    flags = leading[1]!
    body = source.slice(leading[0].length)
  }
  body = body
    .replace(
      /\\p\{(Alpha|Digit|Alnum|Upper|Lower|Space|XDigit|Punct|Blank|ASCII|Cntrl)\}/g,
      (_, name: string) => `[${POSIX[name]}]`,
    )
    .replace(/\\A/g, '^')
    .replace(/\\[zZ]/g, '$')
    .replace(/([*+?}])\+/g, '$1')
    .replace(/\\h/g, '[ \\t\\u00a0]')
  return { body, flags: [...new Set(flags)].join('') }
}
