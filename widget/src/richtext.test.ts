import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emergencyNumbers, layOut, withoutSources } from './richtext.ts'

test('paragraphs, headings and lists are told apart', () => {
  const blocks = layOut('One line\nand another\n\n## A heading\n- first\n- second\n1. then')

  assert.deepEqual(blocks.map((block) => block.type), ['paragraph', 'heading', 'list', 'list'])
})

test('a list of prices becomes a table', () => {
  const [intro, table] = layOut('Prices:\n- China: $100,000 to $300,000 or more (the China guide).\n- USA and Western Europe: $350,000 (the guide).')

  assert.equal(intro?.type, 'paragraph')
  assert.deepEqual(table, { type: 'prices', rows: [
    { place: 'China', price: '$100,000 to $300,000 or more', guide: 'the China guide' },
    { place: 'USA and Western Europe', price: '$350,000', guide: 'the guide' },
  ] })
})

test('price lines that stand one under the other become a table, a single one does not', () => {
  const line = 'China: $100,000 to $300,000 (the China guide).'

  assert.equal(layOut(`${line}\n\nTurkey: $180,000 (the guide).`)[0]?.type, 'prices')
  assert.equal(layOut(line)[0]?.type, 'paragraph')
})

test('a list with one line that is no price stays a list', () => {
  assert.equal(layOut('- China: $1 (a).\n- Ask the clinic.')[0]?.type, 'list')
})

test('marks of sources stand where the words of the passage end', () => {
  const text = 'First.\n\nSecond. Third.'

  const [first, second] = layOut(text, [[6, 1], [15, 2]])

  assert.deepEqual(first, { type: 'paragraph', inlines: [{ type: 'text', text: 'First.' }, { type: 'mark', number: 1 }] })
  assert.deepEqual(second?.type === 'paragraph' && second.inlines.map((one) => one.type), ['text', 'mark', 'text'])
})

test('only web addresses become links', () => {
  const found = layOut('See https://example.org/a, javascript:alert(1) and data:text/html,x')[0]

  assert.deepEqual(found?.type === 'paragraph' && found.inlines.filter((one) => one.type === 'link'), [{ type: 'link', text: 'https://example.org/a', href: 'https://example.org/a' }])
})

test('markup stays text', () => {
  const text = '<img src=x onerror=alert(1)> &lt;b&gt;'

  assert.deepEqual(layOut(text), [{ type: 'paragraph', inlines: [{ type: 'text', text }] }])
})

test('the closing line of sources is cut, and nothing else', () => {
  assert.equal(withoutSources('An answer.\n\nSources: “A”, under “B”; “C”.'), 'An answer.')
  assert.equal(withoutSources('Sources of help are many.\n\nMore.'), 'Sources of help are many.\n\nMore.')
})

test('emergency numbers are found once each, prices are not', () => {
  assert.deepEqual(emergencyNumbers('112 in Europe, 911, 112, or 116 123; it costs $112,000'), ['112', '911', '116 123'])
})
