// The opened chat: lays out the panel and connects it with the conversation.
import { Conversation, type Connection, DEFAULT_MAX_CHARS, type Message, type Notice, type Shown } from './conversation.ts'
import { h, icon, put } from './dom.ts'
import { History } from './history.ts'
import { menuContent } from './menu.ts'
import { MessageView } from './message-view.ts'
import { type Around, type Chat, isLook, type Options } from './options.ts'
import { PANEL_STYLE } from './panel-style.ts'
import { personForm } from './person-form.ts'
import { print, save } from './print.ts'
import { keepFocus, Sheet } from './sheet.ts'
import { sourceContent } from './source-sheet.ts'
import { addStyle } from './style.ts'
import { chooseLanguage, isRightToLeft, Texts } from './texts.ts'
import { TOPICS } from './topics.ts'
import type { State } from './transport.ts'

const NEAR_END = 80
const BANNER_AFTER = 1500
const POLITE_AFTER = 500
const BANNER_STAYS = 2500
const TYPING_EVERY = 3000
const COUNT_BELOW = 200
const YES_OR_NO = /\byes or no\b/i

export class Panel implements Chat, Shown {
  isOpen = false
  private readonly history: History
  private readonly texts: Texts
  private readonly conversation: Conversation
  private readonly views = new Map<string, MessageView>()
  private readonly ending = new AbortController()
  private panel!: HTMLElement
  private title!: HTMLElement
  private personState!: HTMLElement
  private personButton!: HTMLElement
  private banner!: HTMLElement
  private scroll!: HTMLElement
  private log!: HTMLElement
  private typingLine!: HTMLElement
  private quick!: HTMLElement
  private greeting!: HTMLElement
  private newestButton!: HTMLElement
  private field!: HTMLTextAreaElement
  private sendButton!: HTMLButtonElement
  private count!: HTMLElement
  private menuButton!: HTMLElement
  private sheet: Sheet | undefined
  private held: string | undefined
  private unread = 0
  private typingTimer: ReturnType<typeof setTimeout> | undefined
  private bannerTimer: ReturnType<typeof setTimeout> | undefined
  private politeTimer: ReturnType<typeof setTimeout> | undefined
  private toldTyping = 0
  private awaitsReply = false

  constructor(private readonly host: HTMLElement, private readonly root: ShadowRoot, private readonly options: Options, private readonly around: Around) {
    this.history = new History(options.server, options.keeping)
    const { kept } = this.history
    this.texts = new Texts(chooseLanguage(kept.language, options.language, document.documentElement.lang, ...navigator.languages))
    addStyle(root, PANEL_STYLE)
    this.conversation = new Conversation(options.server, this.history, this)
    this.build()
    if (!options.inline) this.panel.hidden = true
    else this.isOpen = true
    this.conversation.resume()
  }

  // ---------------------------------------------------------------- as the element sees it

  open(question?: string): void {
    if (!this.isOpen) {
      this.isOpen = true
      this.panel.hidden = false
      this.history.keep({ open: true })
      this.around.toggled(true)
      this.setUnread(0)
      if (this.views.size) this.toEnd()
    }
    if (question) this.say(question)
    else this.focusInput()
  }

  close(): void {
    if (this.options.inline || !this.isOpen) return
    this.sheet?.close()
    this.isOpen = false
    this.panel.hidden = true
    this.history.keep({ open: undefined })
    this.around.toggled(false)
  }

  destroy(): void {
    this.ending.abort()
    this.conversation.close()
    clearTimeout(this.typingTimer)
    clearTimeout(this.bannerTimer)
    clearTimeout(this.politeTimer)
  }

  // ---------------------------------------------------------------- layout

  private build(): void {
    const { texts, options } = this
    const say = texts.say.bind(texts)
    this.title = h('h2', { id: 'title', tabindex: '-1' }, options.title ?? say('title'))
    const note = say('english_only')
    this.menuButton = h('button', { type: 'button', class: 'round', 'aria-label': say('menu'), title: say('menu'), 'aria-haspopup': 'dialog', onclick: () => this.openMenu() }, icon('more'))
    const closeButton = options.inline ? null : h('button', { type: 'button', class: 'round', 'aria-label': say('close'), title: say('close'), onclick: () => this.close() }, icon('close'))
    const bar = h('div', { class: 'bar' }, h('div', { class: 'who' }, this.title, h('p', { class: 'sub' }, note ? `${say('subtitle')} · ${note}` : say('subtitle'))), this.menuButton, closeButton)
    this.personState = h('div', { class: 'state', role: 'status' })
    this.personButton = h('button', { type: 'button', class: 'button', 'aria-haspopup': 'dialog', onclick: () => this.openPerson() }, icon('person'), say('person'))
    this.banner = h('div', { class: 'banner', role: 'status' })
    this.greeting = h('div')
    this.log = h('div', { role: 'log', 'aria-live': this.history.kept.proof ? 'off' : 'polite', 'aria-relevant': 'additions', 'aria-label': say('log') })
    this.typingLine = h('div', { class: 'typing', hidden: true, 'aria-hidden': 'true' })
    this.quick = h('div')
    this.newestButton = h('button', { type: 'button', class: 'newest', hidden: true, 'aria-label': say('newest'), title: say('newest'), onclick: () => this.toEnd() }, icon('arrow'))
    this.scroll = h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': say('log'), onscroll: () => this.noteScroll() }, this.greeting, this.log, this.typingLine, this.quick, this.newestButton)
    this.panel = h('section', { class: `panel ${options.inline ? 'inline' : options.side}`, role: options.inline ? 'region' : 'dialog', 'aria-labelledby': 'title', lang: texts.language, dir: isRightToLeft(texts.language) ? 'rtl' : 'ltr', onkeydown: (event) => this.onKey(event as KeyboardEvent) }, bar, h('div', { class: 'person-bar' }, this.personState, this.personButton), this.banner, this.scroll, this.buildComposer())
    this.root.append(this.panel)
    this.applyScale(this.history.kept.scale ?? 1)
    this.showGreeting()
    this.state(this.conversation.state)
  }

  private buildComposer(): HTMLElement {
    const { texts } = this
    this.field = h('textarea', { id: 'question', rows: 1, dir: 'auto', placeholder: texts.say('input'), enterkeyhint: 'send', autocomplete: 'off', 'aria-describedby': 'count', oninput: () => this.onInput(), onkeydown: (event) => {
      const key = event as KeyboardEvent
      if (key.key === 'Enter' && !key.shiftKey && !key.isComposing) {
        key.preventDefault()
        this.submit()
      }
    } })
    this.sendButton = h('button', { type: 'submit', class: 'send', disabled: true, 'aria-label': texts.say('send'), title: texts.say('send') }, icon('send'))
    this.count = h('div', { class: 'count', id: 'count', role: 'status' })
    return h('form', { class: 'composer', onsubmit: (event) => { event.preventDefault(); this.submit() } }, h('label', { for: 'question', class: 'aloud' }, texts.say('input')), h('div', { class: 'field-row' }, this.field, this.sendButton), this.count, h('p', { class: 'foot' }, texts.say('footer')))
  }

  private showGreeting(): void {
    const { texts } = this
    const topics = h('div', { class: 'chips' })
    for (const [key, question] of TOPICS) put(topics, h('button', { type: 'button', class: 'chip', onclick: () => this.say(question) }, texts.say(key)))
    this.greeting.replaceChildren(h('div', { class: 'message assistant greeting' }, h('div', { class: 'bubble' }, h('p', {}, texts.say('greeting')))))
    put(this.greeting, h('div', { class: 'group topics', role: 'group', 'aria-label': texts.say('topics') }, topics))
    if (!this.history.kept.agreed) put(this.greeting, this.makeNotice())
  }

  private makeNotice(): HTMLElement {
    const { texts, options } = this
    const shared = this.history.keeping === 'none' ? null : h('label', { class: 'check' }, h('input', { type: 'checkbox', id: 'shared' }), texts.say('shared'))
    const kept = texts.say(this.history.keeping === 'local' ? 'kept_local' : this.history.keeping === 'session' ? 'kept_session' : 'kept_none')
    const privacy = options.privacy ? h('a', { href: options.privacy, target: '_blank', rel: 'noopener' }, texts.say('privacy_more'), h('span', { class: 'aloud' }, ` (${texts.say('new_tab')})`)) : null
    return h('div', { class: 'card notice', role: 'group', 'aria-labelledby': 'notice-title' }, h('h3', { id: 'notice-title', tabindex: '-1' }, texts.say('notice_title')), h('p', {}, `${texts.say('notice')} ${kept}`), shared, h('div', { class: 'row' }, h('button', { type: 'button', class: 'button strong agree', onclick: () => this.agree() }, texts.say('notice_ok')), privacy))
  }

  /** The visitor has read the notice: only now is anything sent. */
  private agree(): void {
    if (this.greeting.querySelector<HTMLInputElement>('#shared')?.checked) this.history.keepNothing()
    this.history.keep({ agreed: true })
    this.greeting.querySelector('.notice')?.remove()
    const held = this.held
    this.held = undefined
    if (held) this.say(held)
    else this.focusInput()
  }

  private applyScale(scale: number): void {
    this.panel.style.setProperty('--scale', String(scale))
  }

  /** Build anew in another language; what was said is shown again, and not read aloud again. */
  private rebuild(): void {
    const { messages } = this.conversation
    this.sheet = undefined
    this.panel.remove()
    this.views.clear()
    this.build()
    for (const message of messages) this.added(message, false)
    this.state(this.conversation.state)
    this.connection(this.conversation.connection)
    this.waiting(this.awaitsReply)
  }

  // ---------------------------------------------------------------- the visitor's doings

  private say(text: string): void {
    if (!this.history.kept.agreed) {
      this.held = text
      const notice = this.greeting.querySelector<HTMLElement>('.notice')
      notice?.scrollIntoView({ block: 'nearest' })
      notice?.querySelector<HTMLElement>('.agree')?.focus()
      return
    }
    this.conversation.say(text)
    this.focusInput()
  }

  private submit(): void {
    const text = this.field.value.trim()
    if (!text || text.length > this.maxChars) return
    this.say(text)
    this.field.value = ''
    this.onInput()
  }

  private get maxChars(): number {
    return this.conversation.maxChars || DEFAULT_MAX_CHARS
  }

  private onInput(): void {
    const { length } = this.field.value.trim()
    const left = this.maxChars - length
    this.sendButton.disabled = length === 0 || left < 0
    this.count.textContent = left < 0 ? this.texts.say('too_long', { n: -left }) : left < COUNT_BELOW ? this.texts.say('left', { n: left }) : ''
    this.count.classList.toggle('over', left < 0)
    this.field.style.height = 'auto'
    this.field.style.height = `${this.field.scrollHeight + 2}px`
    if (length && Date.now() - this.toldTyping > TYPING_EVERY) {
      this.toldTyping = Date.now()
      this.conversation.tellTyping()
    }
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.stopPropagation()
      if (this.sheet) this.sheet.close()
      else this.close()
    }
    if (this.sheet) keepFocus(this.sheet.element, event)
    else if (!this.options.inline && this.coversPage) keepFocus(this.panel, event)
  }

  private get coversPage(): boolean {
    return this.panel.getBoundingClientRect().width >= innerWidth - 1
  }

  private focusInput(): void {
    // On a touch screen the keyboard would cover what is to be read.
    if (matchMedia('(pointer:coarse)').matches) this.title.focus({ preventScroll: true })
    else this.field.focus({ preventScroll: true })
  }

  // ---------------------------------------------------------------- sheets

  private openSheet(heading: string, from: HTMLElement | null, ...children: HTMLElement[]): Sheet {
    this.sheet?.close()
    this.sheet = new Sheet(this.panel, this.texts, heading, from, () => { this.sheet = undefined }, ...children)
    return this.sheet
  }

  private openPerson(): void {
    const form = personForm(this.texts, this.conversation.state.attended, (text) => {
      this.sheet?.close()
      this.say(text)
    })
    this.openSheet(this.texts.say('person'), this.personButton, ...form)
  }

  private openMenu(): void {
    const { texts, history } = this
    const content = menuContent(texts, { scale: history.kept.scale ?? 1, look: this.host.dataset['look'] ?? 'auto', hasSession: this.conversation.hasSession, keeping: history.keeping }, {
      scale: (scale) => { this.applyScale(scale); history.keep({ scale }) },
      look: (look) => { if (isLook(look)) { this.around.look(look); history.keep({ look }) } },
      language: (language) => {
        history.keep({ language })
        texts.language = language
        this.around.language(language)
        this.rebuild()
        this.openMenu()
      },
      download: () => this.withTranscript((text) => save(text, 'conversation.txt')),
      print: () => this.withTranscript((text) => print(text, texts.say('title'))),
      erase: () => this.askErase(),
    })
    this.openSheet(texts.say('menu'), this.menuButton, ...content)
  }

  private withTranscript(then: (text: string) => void): void {
    this.conversation.transcript().then(then, () => this.tell(this.texts.say('not_loaded')))
  }

  private askErase(): void {
    const { texts } = this
    const sheet = this.openSheet(texts.say('erase'), this.menuButton, h('p', {}, texts.say('erase_ask')), h('div', { class: 'actions' },
      h('button', { type: 'button', class: 'button danger', onclick: () => {
        this.conversation.erase().then(() => { sheet.close(); this.focusInput() }, () => this.tell(texts.say('not_loaded'), sheet))
      } }, icon('bin'), texts.say('erase_yes')),
      h('button', { type: 'button', class: 'button', onclick: () => sheet.close() }, texts.say('cancel'))))
  }

  /** Say that something did not work: in the sheet that is open, or above the conversation. */
  private tell(text: string, sheet = this.sheet): void {
    const place = sheet ? h('p', { class: 'online-note', role: 'alert' }, text) : this.banner
    if (sheet) sheet.content.prepend(place)
    else this.showBanner(text, BANNER_STAYS * 2)
  }

  // ---------------------------------------------------------------- what the conversation says

  added(message: Message, live: boolean): void {
    const atEnd = this.isAtEnd || message.author === 'visitor'
    if (live) clearTimeout(this.politeTimer)
    this.log.setAttribute('aria-live', live ? 'polite' : 'off')
    const view = new MessageView(message, this.texts, {
      open: (citation, number, from) => {
        this.openSheet(this.texts.say('source', { n: number }), from, ...sourceContent(citation, this.texts, this.conversation.passage(citation.id)))
      },
      again: (one) => this.conversation.sayAgain(one),
      judge: (one, thumb, comment) => this.conversation.judge(one, thumb, comment),
    }, live)
    this.views.set(message.key, view)
    put(this.log, view.element)
    this.greeting.querySelector('.topics')?.remove()
    this.showQuick()
    if (message.author !== 'visitor' && live && !this.isOpen) this.setUnread(this.unread + 1)
    if (message.author === 'coordinator') this.hideTyping()
    if (!atEnd) this.newestButton.hidden = false
    else if (message.author !== 'visitor' && live && view.element.offsetHeight > this.scroll.clientHeight - NEAR_END) view.element.scrollIntoView({ block: 'start' })
    else this.toEnd()
  }

  changed(message: Message): void {
    this.views.get(message.key)?.update()
    for (const [key, view] of this.views) if (view.message === message && key !== message.key) view.update()
  }

  state(state: State): void {
    const { texts } = this
    const who = state.name ?? texts.say('coordinator')
    const words = state.holder === 'coordinator' ? texts.say('held', { who }) : state.holder === 'waiting' ? texts.say('waiting') : texts.say(state.attended ? 'attended' : 'prefer')
    // A moment later, so that what was replayed just now is not read aloud.
    clearTimeout(this.politeTimer)
    this.politeTimer = setTimeout(() => this.log.setAttribute('aria-live', 'polite'), POLITE_AFTER)
    if (this.personState.textContent === words) return
    this.personState.replaceChildren()
    put(this.personState, state.holder === 'coordinator' || (state.holder === 'assistant' && state.attended) ? h('span', { class: 'dot' }) : null, words)
  }

  connection(now: Connection): void {
    clearTimeout(this.bannerTimer)
    if (now === 'offline') this.bannerTimer = setTimeout(() => { this.banner.textContent = this.texts.say('offline') }, BANNER_AFTER)
    else if (this.banner.textContent === this.texts.say('offline')) this.showBanner(this.texts.say('online'), BANNER_STAYS)
    else if (now === 'none') this.banner.textContent = ''
  }

  waiting(forReply: boolean): void {
    this.awaitsReply = forReply
    if (forReply) this.showTyping(this.texts.say('assistant'))
    else this.hideTyping()
  }

  typing(seconds: number): void {
    this.showTyping(this.conversation.state.name ?? this.texts.say('coordinator'))
    this.typingTimer = setTimeout(() => this.hideTyping(), seconds * 1000)
  }

  notice(what: Notice, values: Record<string, number> = {}): void {
    const words = this.texts.say(what, values)
    if (what === 'renewed' && this.views.size) put(this.log, h('div', { class: 'divider' }, h('span', {}, words)))
    else this.showBanner(words, what === 'slow_down' ? (values['n'] ?? 1) * 1000 : BANNER_STAYS * 2)
  }

  cleared(): void {
    this.views.clear()
    this.log.replaceChildren()
    this.quick.replaceChildren()
    this.held = undefined
    this.setUnread(0)
    this.showGreeting()
  }

  // ---------------------------------------------------------------- small things

  /** Choices or next questions of the newest message: below the log, so that they are not read aloud with each message. */
  private showQuick(): void {
    const { texts } = this
    const last = this.conversation.messages.at(-1)
    this.quick.replaceChildren()
    if (!last || last.author === 'visitor') return
    const asksConsent = last.kind === 'handoff' && YES_OR_NO.test(last.text)
    const questions = asksConsent ? [] : last.suggestions ?? last.buttons ?? []
    const isChoice = last.kind === 'clarify'
    if (asksConsent) {
      const answers = ([['yes', 'Yes'], ['no', 'No'], ['cancel', 'Cancel']] as const).map(([key, word]) => h('button', { type: 'button', class: key === 'yes' ? 'button strong' : 'button', onclick: () => this.say(word) }, texts.say(key)))
      put(this.quick, h('div', { class: 'group', role: 'group', 'aria-label': texts.say('person') }, h('div', { class: 'chips' }, ...answers)))
    } else if (questions.length) {
      const chips = h('div', { class: 'chips rows' })
      for (const question of questions) put(chips, h('button', { type: 'button', class: 'chip', lang: 'en', dir: 'auto', onclick: () => this.say(question) }, question))
      const label = texts.say(isChoice ? 'choose' : 'ask_next')
      put(this.quick, h('div', { class: 'group', role: 'group', 'aria-label': label }, h('p', { class: 'label', 'aria-hidden': 'true' }, label), chips))
    }
  }

  private showTyping(who: string): void {
    clearTimeout(this.typingTimer)
    const atEnd = this.isAtEnd
    this.typingLine.replaceChildren(h('span', { class: 'dots' }, h('i'), h('i'), h('i')), this.texts.say('writing', { who }))
    this.typingLine.hidden = false
    if (atEnd) this.toEnd()
  }

  private hideTyping(): void {
    clearTimeout(this.typingTimer)
    this.typingLine.hidden = true
  }

  private showBanner(text: string, ms: number): void {
    clearTimeout(this.bannerTimer)
    this.banner.textContent = text
    this.bannerTimer = setTimeout(() => { this.banner.textContent = '' }, ms)
  }

  private get isAtEnd(): boolean {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR_END
  }

  private toEnd(): void {
    this.newestButton.hidden = true
    this.scroll.scrollTop = this.scroll.scrollHeight
  }

  private noteScroll(): void {
    if (this.isAtEnd) this.newestButton.hidden = true
  }

  private setUnread(count: number): void {
    this.unread = count
    this.around.unread(count)
  }
}
