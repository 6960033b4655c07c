// Prints the figures of docs/agreement.md from the recorded answers: `node scripts/agreement.mjs`.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const golden = join(import.meta.dirname, '../src/testing/golden')
const read = (path) => JSON.parse(readFileSync(join(golden, path), 'utf8'))
const stemsOf = (folder) =>
  readdirSync(join(golden, folder))
    .filter((name) => name.endsWith('.json') && name !== 'gaps.json')
    .map((name) => name.slice(0, -'.json'.length))

/** A row for each file of a folder, then their sum; `gapsOf` counts a file's known differences. */
function rowsOf(title, folder, gapsOf) {
  const rows = stemsOf(folder).map((stem) => {
    const { cases } = read(`${folder}/${stem}.json`)
    return { stem, cases: cases.length, gaps: gapsOf(stem, cases) }
  })
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0)
  const total = line(`**${title}**`, sum('cases'), sum('gaps'))
  return rows.length === 1 ? [total] : [total, ...rows.map(({ stem, cases, gaps }) => line(stem, cases, gaps))]
}

const line = (name, cases, gaps) => `| ${name} | ${cases} | ${cases - gaps} | ${gaps} |`

/** Gaps that are kept by a case's text or name. */
const named = (folder, key) => {
  const gaps = read(`${folder}/gaps.json`)
  return (_, cases) => cases.filter((one) => one[key] in gaps).length
}
const streaming = Object.keys(read('streaming-cases/gaps.json'))
const expressions = read('expressions/gaps.json')

const lines = [
  '| Compared | Cases | Equal | Known to differ |',
  '|---|--:|--:|--:|',
  ...rowsOf('Streaming queries', 'streaming-cases', (stem) => streaming.filter((x) => x.startsWith(`${stem}/`)).length),
  ...rowsOf('SQL queries', 'sql', named('sql', 'sql')),
  ...rowsOf('SQL statements', 'sql-commands', named('sql-commands', 'sql')),
  ...rowsOf('Expressions', 'expressions', (stem) => expressions[stem]?.length ?? 0),
  ...rowsOf('Plans of DataFrames', 'relations', named('relations', 'name')),
]
process.stdout.write(`${lines.join('\n')}\n`)
