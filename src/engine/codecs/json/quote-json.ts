/** A JSON string as Spark's writer escapes it: quotes, backslash and control characters, nothing else. */
export function quoteJson(text: string): string {
  return /["\\\u0000-\u001f]/.test(text) ? `"${text.replace(/["\\\u0000-\u001f]/g, escapeOf)}"` : `"${text}"`
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function escapeOf(char: string): string {
  return SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}
