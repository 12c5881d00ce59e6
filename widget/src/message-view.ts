// One message as elements. Each is put into the log once and never put there again, so that it is read aloud once.
import { showEmergency, showSources, showText, type OpenSource } from './answer.ts'
import type { Message } from './conversation.ts'
import { h, icon, put } from './dom.ts'
import type { Texts } from './texts.ts'

/** What a message can ask of the conversation. */
export interface MessageActions {
  open: OpenSource
  again(message: Message): void
  judge(message: Message, thumb: 'up' | 'down' | null, comment: string | null): Promise<void>
}

const JUDGED = new Set(['answer', 'personal_advice', 'out_of_scope'])
const CONTACT_KINDS = new Set(['handoff', 'privacy', 'chitchat', 'unavailable', 'clarify', 'out_of_scope'])

export class MessageView {
  readonly element: HTMLElement
  private readonly meta = h('div', { class: 'meta', 'aria-live': 'off' })

  constructor(readonly message: Message, private readonly texts: Texts, private readonly actions: MessageActions, live: boolean) {
    const { author, kind } = message
    const emergency = kind === 'emergency' ? showEmergency(message.text, texts) : null
    const bubble = h('div', { class: 'bubble' }, emergency?.head, showText(message, texts, actions.open), emergency?.calls, showSources(message, texts, actions.open))
    const who = author === 'coordinator' ? (message.name ?? texts.say('coordinator')) : texts.say(author === 'visitor' ? 'you' : 'assistant')
    const name = author === 'coordinator' ? h('div', { class: 'name' }, who) : h('span', { class: 'aloud' }, `${who}: `)
    const said = author === 'coordinator' || (kind !== undefined && CONTACT_KINDS.has(kind)) ? ' said' : ''
    this.element = h('div', { class: `message ${author}${said}${emergency ? ' emergency' : ''}${live ? ' new' : ''}`, 'data-id': message.id || false }, name, bubble, this.meta)
    if (author === 'assistant' && message.id && kind !== undefined && JUDGED.has(kind)) put(this.element, this.makeThumbs())
    this.update()
  }

  /** Show how the sending stands, and when it was said. */
  update(): void {
    const { message, texts } = this
    this.meta.replaceChildren()
    if (message.at) put(this.meta, showTime(message.at, texts.language))
    if (message.sending === 'failed') {
      put(this.meta, h('span', { class: 'failed' }, texts.say('failed')), h('button', { type: 'button', class: 'button', onclick: () => this.actions.again(message) }, texts.say('again')))
    } else if (message.sending) put(this.meta, h('span', {}, texts.say(message.sending)))
    if (message.id) this.element.dataset['id'] = String(message.id)
  }

  private makeThumbs(): HTMLElement {
    const { message, texts, actions } = this
    const note = h('span', { role: 'status' })
    const box = h('div', { class: 'thumbs', 'aria-live': 'off' })
    const outer = h('div', {}, box)
    const buttons = (['up', 'down'] as const).map((thumb) => h('button', {
      type: 'button', class: 'round', 'aria-pressed': String(message.thumb === thumb), 'aria-label': texts.say(thumb === 'up' ? 'helpful' : 'not_helpful'), title: texts.say(thumb === 'up' ? 'helpful' : 'not_helpful'),
      onclick: () => {
        const next = message.thumb === thumb ? null : thumb
        outer.querySelector('.comment')?.remove()
        actions.judge(message, next, null).then(() => {
          buttons.forEach((button, index) => button.setAttribute('aria-pressed', String(next === (['up', 'down'] as const)[index])))
          note.textContent = next ? texts.say('thanks') : ''
          if (next === 'down') put(outer, this.makeComment(outer, note))
        }, () => { note.textContent = texts.say('not_loaded') })
      },
    }, icon(thumb)))
    put(box, ...buttons, note)
    return outer
  }

  private makeComment(outer: HTMLElement, note: HTMLElement): HTMLElement {
    const { message, texts, actions } = this
    const id = `comment-${message.id}`
    const field = h('textarea', { id, rows: 2, maxlength: 1000, dir: 'auto' })
    const form: HTMLFormElement = h('form', { class: 'comment', onsubmit: (event) => {
      event.preventDefault()
      const comment = field.value.trim()
      const done = (): void => {
        form.remove()
        outer.querySelector<HTMLElement>('[aria-pressed=true]')?.focus()
      }
      if (!comment) done()
      else actions.judge(message, 'down', comment).then(done, () => { note.textContent = texts.say('not_loaded') })
    } }, h('label', { for: id }, texts.say('comment')), field, h('button', { type: 'submit', class: 'button strong' }, texts.say('send')))
    return form
  }
}

/** The time, with the day if it is not today's. */
export function showTime(at: string, language: string): HTMLElement {
  const when = new Date(at)
  const today = when.toDateString() === new Date().toDateString()
  const short = new Intl.DateTimeFormat(language, today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' }).format(when)
  return h('time', { datetime: at, title: new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'medium' }).format(when) }, short)
}
