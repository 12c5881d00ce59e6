// A cited passage: document, heading, lines, and what it says.
import { h, put } from './dom.ts'
import type { Texts } from './texts.ts'
import type { Citation, Passage } from './transport.ts'

export function sourceContent(citation: Citation, texts: Texts, passage: Promise<Passage>): HTMLElement[] {
  const [from, to] = citation.lines
  const says = h('div', { class: 'field', 'aria-live': 'polite' }, h('p', { class: 'dim' }, texts.say('loading')))
  passage.then((found) => {
    says.replaceChildren(h('p', { class: 'dim' }, texts.say('source_says')))
    const when = new Intl.DateTimeFormat(texts.language, { dateStyle: 'long' }).format(new Date(found.read_on))
    put(says, h('blockquote', { lang: 'en', dir: 'auto' }, found.text), h('p', { class: 'dim' }, texts.say('source_from', { who: found.publisher, when })))
  }, () => says.replaceChildren(h('p', { role: 'alert' }, texts.say('not_loaded'))))
  return [
    h('div', { class: 'field' }, h('h3', { lang: 'en', dir: 'auto' }, citation.heading), h('p', { class: 'dim', lang: 'en', dir: 'auto' }, citation.document), h('p', { class: 'dim' }, from === to ? texts.say('line', { a: from }) : texts.say('lines', { a: from, b: to }))),
    says,
  ]
}
