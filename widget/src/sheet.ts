// A page inside the panel: it covers the conversation, keeps the focus, and gives it back when it closes.
import { type Child, focusables, h, icon } from './dom.ts'
import type { Texts } from './texts.ts'

export class Sheet {
  readonly element: HTMLElement
  readonly content: HTMLElement
  private readonly before: HTMLElement | null

  /** Show a sheet over the panel; what lies below is out of reach until it closes. */
  constructor(private readonly panel: HTMLElement, texts: Texts, heading: string, from: HTMLElement | null, private readonly whenClosed: () => void, ...children: Child[]) {
    this.before = from
    const title = h('h2', { tabindex: '-1', id: 'sheet-title' }, heading)
    const back = h('button', { type: 'button', class: 'round', 'aria-label': texts.say('back'), title: texts.say('back'), onclick: () => this.close() }, icon('close'))
    this.content = h('div', { class: 'content', tabindex: '0', role: 'group', 'aria-labelledby': 'sheet-title' }, ...children)
    this.element = h('div', { class: 'sheet', role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': 'sheet-title' }, h('div', { class: 'bar' }, h('div', { class: 'who' }, title), back), this.content)
    for (const child of panel.children) (child as HTMLElement).inert = true
    panel.append(this.element)
    title.focus()
  }

  close(): void {
    this.element.remove()
    for (const child of this.panel.children) (child as HTMLElement).inert = false
    this.whenClosed()
    if (this.before?.isConnected) this.before.focus()
  }
}

/** Keep Tab inside an element. */
export function keepFocus(within: HTMLElement, event: KeyboardEvent): void {
  if (event.key !== 'Tab') return
  const all = focusables(within)
  const first = all[0]
  const last = all.at(-1)
  const now = (within.getRootNode() as ShadowRoot).activeElement
  if (!first || !last) return
  if (event.shiftKey && (now === first || !all.includes(now as HTMLElement))) {
    event.preventDefault()
    last.focus()
  } else if (!event.shiftKey && now === last) {
    event.preventDefault()
    first.focus()
  }
}
