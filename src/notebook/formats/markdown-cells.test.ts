import { describe, expect, it } from 'vitest'
import { cellsOfMarkdown, hasFences } from './markdown-cells'

describe('Markdown to cells', () => {
  it('makes a cell of each fence and of the prose between', () => {
    const text = '# Title\n\nRead it:\n\n```python\ndf = 1\n```\nThen\n```sql\nSELECT 1\n```\n\n~~~\nx = 2\n~~~\n'
    expect(cellsOfMarkdown(text)).toEqual([
      { kind: 'markdown', source: '# Title\n\nRead it:' },
      { kind: 'code', source: 'df = 1' },
      { kind: 'markdown', source: 'Then' },
      { kind: 'code', source: '%%sql\nSELECT 1' },
      { kind: 'code', source: 'x = 2' },
    ])
  })

  it('keeps a magic that is there, and fences nobody runs', () => {
    expect(cellsOfMarkdown('```python\n%%sql\nSELECT 1\n```')).toEqual([{ kind: 'code', source: '%%sql\nSELECT 1' }])
    expect(cellsOfMarkdown('See\n```json\n{"a": 1}\n```')).toEqual([
      { kind: 'markdown', source: 'See\n```json\n{"a": 1}\n```' },
    ])
    expect(cellsOfMarkdown('```TypeScript\nawait x\n```')).toEqual([{ kind: 'code', source: '%%typescript\nawait x' }])
  })

  it('reads fences in a list, longer fences and Windows line ends', () => {
    expect(cellsOfMarkdown('1. Do\r\n\r\n   ```py\r\n   if a:\r\n       b\r\n   ```\r\n')).toEqual([
      { kind: 'markdown', source: '1. Do' },
      { kind: 'code', source: 'if a:\n    b' },
    ])
    expect(cellsOfMarkdown('````python\ns = """\n```\n"""\n````')).toEqual([
      { kind: 'code', source: 's = """\n```\n"""' },
    ])
  })

  it('knows a page of text from code', () => {
    expect(hasFences('text\n```\ncode\n```')).toBe(true)
    expect(hasFences('df = 1\n# ```')).toBe(false)
    expect(hasFences('```python\nnever closed')).toBe(false)
  })
})
