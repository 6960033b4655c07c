import { expect, test } from 'vitest'
import { embeddedSqlAt } from './embedded-sql'

/** The SQL before the cursor `|` and behind it. */
function sqlAt(marked: string): [before: string, after: string] | null {
  const offset = marked.indexOf('|')
  const found = embeddedSqlAt(marked.replace('|', ''), offset)
  return found === null ? null : [found.text.slice(0, found.offset), found.text.slice(found.offset)]
}

test('the string of spark.sql is a statement', () => {
  expect(sqlAt('df = spark.sql("SELECT | FROM t")\ndf.show()')).toEqual(['SELECT ', ' FROM t'])
  expect(sqlAt("spark.sql('''\n  SELECT *\n  FROM |\n''')")).toEqual(['\n  SELECT *\n  FROM ', '\n'])
  expect(sqlAt('spark.sql(r"SELECT |')).toEqual(['SELECT ', ''])
  expect(sqlAt('x = "a"  # "\nspark.sql("SELECT \\"q\\" |")')).toEqual(['SELECT \\"q\\" ', ''])
})

test('the string of expr and its kin is an expression', () => {
  expect(sqlAt('df.select(F.expr("upper(|)"))')).toEqual(['SELECT upper(', ')'])
  expect(sqlAt('df.selectExpr("a AS b", "cou|")')).toEqual(['SELECT cou', ''])
  const found = embeddedSqlAt('expr("ab', 8)!
  expect(found.shift + found.text.length).toBe(8)
})

test('other strings, comments and code are no SQL', () => {
  expect(sqlAt('spark.table("SELECT |")')).toBeNull()
  expect(sqlAt('spark.sql("SELECT 1").sho|')).toBeNull()
  expect(sqlAt('# spark.sql("SELECT |")')).toBeNull()
  expect(sqlAt('spark.sql|("SELECT 1")')).toBeNull()
  expect(sqlAt("spark.sql(f'SELECT |')")).toBeNull()
})
