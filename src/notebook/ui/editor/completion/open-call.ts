/** The call whose arguments the cursor stands in. */
export type OpenCall = { readonly name: string; readonly argument: number }

/** Null outside every call. Quotes, comments and nested parentheses are skipped. */
export function openCallAt(text: string, offset: number): OpenCall | null {
  const open: { name: string; argument: number }[] = []
  const token =
    /'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|`[^`]*`?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|([A-Za-z_]\w*)\s*\(|[()[\],;]/g
  for (let match = token.exec(text); match !== null && match.index < offset; match = token.exec(text)) {
    const [found, name] = match
    // Behind the parenthesis begins the first argument.
    if (match.index + found.length > offset) break
    if (found.endsWith('(') && (name !== undefined || found === '(')) open.push({ name: name ?? '', argument: 0 })
    else if (found === '[') open.push({ name: '', argument: 0 })
    else if (found === ')' || found === ']') open.pop()
    else if (found === ',' && open.length > 0) open[open.length - 1].argument++
    else if (found === ';') open.length = 0
  }
  const call = open.at(-1)
  return call === undefined || call.name === '' ? null : call
}

/** Places of the parameters in `name(a, b[, c])`. */
export function parametersIn(signature: string): [start: number, end: number][] {
  const found: [number, number][] = []
  const part = /[^,[\]()]+(?:\([^)]*\)[^,[\]]*)?/g
  part.lastIndex = signature.indexOf('(') + 1
  for (let match = part.exec(signature); match !== null; match = part.exec(signature)) {
    if (match[0].trim() === '') continue
    const start = match.index + (match[0].length - match[0].trimStart().length)
    found.push([start, start + match[0].trim().length])
  }
  return found
}
