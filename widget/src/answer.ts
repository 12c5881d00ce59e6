// Show what was said: the layout as elements, source marks, prices as a table, the look of an emergency.
import { h, icon, put } from './dom.ts'
import { type Block, emergencyNumbers, type Inline, layOut, withoutSources } from './richtext.ts'
import type { Texts } from './texts.ts'
import type { Citation, Line } from './transport.ts'

export type OpenSource = (citation: Citation, number: number, from: HTMLElement) => void

/** The text of a message; only the assistant's is laid out. */
export function showText(line: Line, texts: Texts, open: OpenSource): HTMLElement {
  const body = h('div', { class: 'text', dir: 'auto', ...(line.author === 'assistant' || line.author === 'gateway' ? { lang: 'en' } : {}) })
  if (line.author === 'visitor' || line.author === 'coordinator') {
    put(body, h('p', { class: 'as-typed' }, line.text))
    return body
  }
  const citations = line.citations ?? []
  const text = citations.length ? withoutSources(line.text) : line.text
  const mark = (number: number): HTMLElement | null => {
    const citation = citations[number - 1]
    return citation ? sourceButton(citation, number, texts, open, 'mark') : null
  }
  for (const block of layOut(text, line.marks)) put(body, showBlock(block, texts, mark))
  return body
}

function showBlock(block: Block, texts: Texts, mark: (number: number) => HTMLElement | null): HTMLElement {
  const fill = <T extends HTMLElement>(parent: T, inlines: Inline[]): T => {
    for (const inline of inlines) put(parent, showInline(inline, texts, mark))
    return parent
  }
  switch (block.type) {
    case 'heading': return fill(h('h3'), block.inlines)
    case 'paragraph': return fill(h('p'), block.inlines)
    case 'list': {
      const list = h(block.ordered ? 'ol' : 'ul')
      for (const item of block.items) put(list, fill(h('li'), item))
      return list
    }
    case 'prices': return showPrices(block.rows, texts)
  }
}

function showInline(inline: Inline, texts: Texts, mark: (number: number) => HTMLElement | null): Node | null {
  switch (inline.type) {
    case 'text': return document.createTextNode(inline.text)
    case 'bold': return h('strong', {}, inline.text)
    case 'mark': return mark(inline.number)
    case 'link': return h('a', { href: inline.href, target: '_blank', rel: 'noopener noreferrer nofollow' }, inline.text, h('span', { class: 'aloud' }, ` (${texts.say('new_tab')})`))
  }
}

function showPrices(rows: { place: string; price: string; guide: string }[], texts: Texts): HTMLElement {
  const guides = rows.some((row) => row.guide)
  const head = h('tr', {}, h('th', { scope: 'col' }, texts.say('region')), h('th', { scope: 'col' }, texts.say('price')))
  const body = h('tbody')
  for (const row of rows) {
    const price = h('td', {}, h('span', { class: 'price' }, row.price), guides && row.guide ? h('span', { class: 'guide' }, row.guide) : null)
    put(body, h('tr', {}, h('th', { scope: 'row' }, row.place), price))
  }
  return h('table', {}, h('caption', { class: 'aloud' }, texts.say('prices')), h('thead', {}, head), body)
}

/** The row of numbered sources under an answer. */
export function showSources(line: Line, texts: Texts, open: OpenSource): HTMLElement | null {
  if (!line.citations?.length) return null
  const list = h('ul', { class: 'sources', 'aria-label': texts.say('sources') })
  const shown = new Map<string, { citation: Citation; numbers: number[] }>()
  line.citations.forEach((citation, index) => {
    const group = shown.get(citation.document) ?? { citation, numbers: [] }
    group.numbers.push(index + 1)
    shown.set(citation.document, group)
  })
  for (const { citation, numbers } of shown.values()) {
    const item = h('li', {}, h('span', { class: 'document', lang: 'en', dir: 'auto' }, citation.document))
    const row = h('span', { class: 'numbers' })
    for (const number of numbers) put(row, sourceButton(line.citations[number - 1] as Citation, number, texts, open, 'number'))
    put(item, row)
    put(list, item)
  }
  return h('div', { class: 'sources-box' }, h('span', { class: 'label', 'aria-hidden': 'true' }, texts.say('sources')), list)
}

function sourceButton(citation: Citation, number: number, texts: Texts, open: OpenSource, look: string): HTMLElement {
  const label = `${texts.say('source', { n: number })}: ${citation.heading}`
  const button: HTMLElement = h('button', { type: 'button', class: `source ${look}`, 'aria-label': label, title: citation.heading, 'aria-haspopup': 'dialog', onclick: () => open(citation, number, button) }, String(number))
  return button
}

/** What stands above and below the text of an emergency reply. */
export function showEmergency(text: string, texts: Texts): { head: HTMLElement; calls: HTMLElement } {
  const calls = h('div', { class: 'calls' })
  for (const number of emergencyNumbers(text).slice(0, 5)) {
    put(calls, h('a', { class: 'call', href: `tel:${number.replace(/ /g, '')}` }, icon('phone'), texts.say('call', { n: number })))
  }
  return { head: h('h3', { class: 'alarm' }, icon('alert'), texts.say('emergency')), calls }
}
