// The conversation as this tab knows it: messages in order, what is not sent yet, the line to the server. Knows no elements.
import type { History, Unsent } from './history.ts'
import { type Line, Refusal, type State, Transport } from './transport.ts'

export type Sending = 'sending' | 'unsent' | 'failed'
export interface Message extends Line { key: string; sending?: Sending }
export type Connection = 'none' | 'online' | 'offline'
export type Notice = 'renewed' | 'refused' | 'slow_down' | 'erased'
/** What the view is told. */
export interface Shown {
  added(message: Message, live: boolean): void
  changed(message: Message): void
  state(state: State): void
  connection(now: Connection): void
  waiting(forReply: boolean): void
  typing(seconds: number): void
  notice(what: Notice, values?: Record<string, number>): void
  cleared(): void
}

const FIRST_RETRY = 500
const LONGEST_RETRY = 10_000
const ACKNOWLEDGE_AFTER = 400
export const DEFAULT_MAX_CHARS = 2000

export class Conversation {
  readonly messages: Message[] = []
  state: State = { holder: 'assistant', name: null, waiting: 0, attended: false }
  connection: Connection = 'none'
  private readonly transport: Transport
  private queue: Unsent[] = []
  private readonly unanswered = new Set<string>()
  private lastId = 0
  private failures = 0
  private live = false
  private isSending = false
  private isFollowing = false
  private readonly pauses = new Set<() => void>()
  private acknowledging: ReturnType<typeof setTimeout> | undefined
  private line = new AbortController()
  private readonly end = new AbortController()

  constructor(server: string, private readonly history: History, private readonly shown: Shown) {
    this.transport = new Transport(server)
    addEventListener('online', () => this.hurry(), { signal: this.end.signal })
    addEventListener('offline', () => this.setConnection('offline'), { signal: this.end.signal })
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.hurry(), { signal: this.end.signal })
    history.listen(() => this.adopt(), this.end.signal)
  }

  get maxChars(): number {
    return this.history.kept.proof?.max_chars ?? DEFAULT_MAX_CHARS
  }

  get hasSession(): boolean {
    return this.transport.proof !== undefined
  }

  /** Take up what this browser knows: the session, and what was not sent. */
  resume(): void {
    this.transport.proof = this.history.kept.proof
    for (const unsent of this.history.kept.unsent ?? []) this.enqueue(unsent)
    if (this.transport.proof) void this.keepLine()
    else this.live = true
    void this.sendAll()
  }

  /** Say something; it is shown at once, and sent as soon as that is possible. */
  say(text: string): void {
    this.live = true
    this.enqueue({ id: newId(), text, at: new Date().toISOString() })
    this.keepQueue()
    void this.sendAll()
  }

  /** Send a message again that was not taken. */
  sayAgain(message: Message): void {
    delete message.sending
    this.queue.push({ id: message.client_id ?? newId(), text: message.text, at: message.at ?? new Date().toISOString() })
    this.mark(message.client_id ?? '', 'sending')
    this.keepQueue()
    void this.sendAll()
  }

  tellTyping(): void {
    if (this.transport.proof && this.state.holder !== 'assistant') this.transport.tellTyping().catch(() => undefined)
  }

  async judge(message: Message, thumb: 'up' | 'down' | null, comment: string | null): Promise<void> {
    await this.transport.judge(message.id, thumb, comment)
    if (thumb) message.thumb = thumb
    else delete message.thumb
  }

  passage(id: string): ReturnType<Transport['passage']> {
    return this.transport.passage(id)
  }

  transcript(): Promise<string> {
    return this.transport.transcript()
  }

  /** Erase it on the server and here. */
  async erase(): Promise<void> {
    if (this.transport.proof) {
      await this.transport.erase().catch((error: unknown) => {
        if (!(error instanceof Refusal && error.status === 401)) throw error
      })
    }
    this.history.forget()
    this.clear()
    this.shown.notice('erased')
  }

  /** Let go of everything; the element is gone. */
  close(): void {
    this.end.abort()
    this.line.abort()
    clearTimeout(this.acknowledging)
  }

  // ---------------------------------------------------------------- sending

  private enqueue(unsent: Unsent): void {
    if (this.queue.some((one) => one.id === unsent.id) || this.find(unsent.id)) return
    this.queue.push(unsent)
    this.add({ id: 0, author: 'visitor', text: unsent.text, at: unsent.at, client_id: unsent.id, key: unsent.id, sending: 'sending' })
  }

  private keepQueue(): void {
    this.history.keep({ unsent: this.queue.length ? this.queue : undefined })
  }

  /** Send what waits, one after the other, so that the order holds; try again until it is taken. */
  private async sendAll(): Promise<void> {
    if (this.isSending) return
    this.isSending = true
    while (this.queue.length && !this.end.signal.aborted) {
      const first = this.queue[0] as Unsent
      try {
        if (!this.transport.proof) await this.begin()
        this.unanswered.add(first.id)
        this.showWaiting()
        await this.transport.send(first.id, first.text)
        this.failures = 0
        this.taken(first)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        this.unanswered.delete(first.id)
        this.showWaiting()
        await this.refused(first, error)
      }
    }
    this.isSending = false
  }

  private async begin(): Promise<void> {
    const { attended, ...proof } = await this.transport.begin()
    this.transport.proof = proof
    this.history.keep({ proof })
    this.setState({ ...this.state, attended })
    void this.keepLine()
  }

  private taken(unsent: Unsent): void {
    this.queue = this.queue.filter((one) => one.id !== unsent.id)
    this.keepQueue()
    this.mark(unsent.id, undefined)
  }

  private async refused(unsent: Unsent, refusal: Refusal): Promise<void> {
    for (const line of refusal.lines) this.add({ ...line, key: `unstored-${newId()}`, at: new Date().toISOString() })
    if (refusal.status === 401) {
      this.renew()
    } else if (refusal.status === 429) {
      const seconds = Math.max(1, refusal.retryAfter)
      this.shown.notice('slow_down', { n: seconds })
      this.mark(unsent.id, 'unsent')
      await this.pause(seconds * 1000)
    } else if (refusal.lines.length || (refusal.status >= 400 && refusal.status < 500)) {
      if (refusal.status === 403) this.shown.notice('refused')
      this.taken(unsent)
      this.mark(unsent.id, 'failed')
    } else {
      if (refusal.status === 0) this.setConnection('offline')
      this.mark(unsent.id, 'unsent')
      await this.pause(this.nextRetry())
    }
  }

  /** The session has ended: what is not sent goes into a new one. */
  private renew(): void {
    this.transport.proof = undefined
    this.history.keep({ proof: undefined })
    this.line.abort()
    this.lastId = 0
    this.shown.notice('renewed')
  }

  private mark(clientId: string, sending: Sending | undefined): void {
    const message = this.find(clientId)
    if (!message) return
    if (sending) message.sending = sending
    else delete message.sending
    this.shown.changed(message)
  }

  // ---------------------------------------------------------------- listening

  private async keepLine(): Promise<void> {
    if (this.isFollowing) return
    this.isFollowing = true
    while (this.transport.proof && !this.end.signal.aborted) {
      this.line = new AbortController()
      const began = Date.now()
      try {
        await this.transport.follow(this.lastId, {
          line: (line) => this.take(line),
          state: (state) => { this.setState(state); this.live = true },
          typing: (seconds) => this.shown.typing(seconds),
          opened: () => { this.failures = 0; this.setConnection('online') },
        }, this.line.signal)
      } catch (error) {
        if (error instanceof Refusal && error.status === 401) {
          if (this.queue.length === 0) this.renew()
          break
        }
      }
      if (this.end.signal.aborted || !this.transport.proof) break
      if (Date.now() - began < 2000) {
        this.setConnection('offline')
        await this.pause(this.nextRetry())
      } else await this.pause(100 + Math.random() * 400)
    }
    this.isFollowing = false
    if (this.transport.proof && !this.end.signal.aborted) void this.keepLine()
  }

  private take(line: Line): void {
    this.lastId = Math.max(this.lastId, line.id)
    this.acknowledge()
    if (line.client_id) {
      this.queue = this.queue.filter((one) => one.id !== line.client_id)
      const mine = this.find(line.client_id)
      if (mine) {
        delete mine.sending
        Object.assign(mine, line)
        this.shown.changed(mine)
        return
      }
    } else if (line.answers) this.unanswered.delete(line.answers)
    if (this.messages.some((one) => one.id === line.id)) return
    this.add({ ...line, key: String(line.id) })
    this.showWaiting()
  }

  private acknowledge(): void {
    clearTimeout(this.acknowledging)
    this.acknowledging = setTimeout(() => void this.transport.acknowledge(this.lastId).catch(() => undefined), ACKNOWLEDGE_AFTER)
  }

  private setState(state: State): void {
    this.state = state
    if (state.holder !== 'assistant' || state.waiting === 0) {
      // What was answered in another way, or goes to a person, is not waited for.
      for (const id of this.unanswered) if (!this.queue.some((one) => one.id === id)) this.unanswered.delete(id)
    }
    this.shown.state(state)
    this.showWaiting()
  }

  private showWaiting(): void {
    this.shown.waiting(this.state.holder === 'assistant' && (this.unanswered.size > 0 || this.state.waiting > 0))
  }

  // ---------------------------------------------------------------- both

  /** Another tab began, erased or renewed the conversation. */
  private adopt(): void {
    const proof = this.history.kept.proof
    if (proof?.token === this.transport.proof?.token) return
    if (this.queue.length && !proof) return
    this.clear()
    this.transport.proof = proof
    if (proof) void this.keepLine()
  }

  private clear(): void {
    this.transport.proof = undefined
    this.line.abort()
    this.queue = []
    this.unanswered.clear()
    this.messages.length = 0
    this.lastId = 0
    this.setState({ ...this.state, holder: 'assistant', name: null, waiting: 0 })
    this.connection = 'none'
    this.shown.connection('none')
    this.shown.cleared()
  }

  private add(message: Message): void {
    this.messages.push(message)
    this.shown.added(message, this.live)
  }

  private find(clientId: string): Message | undefined {
    return this.messages.find((one) => one.client_id === clientId)
  }

  private setConnection(now: Connection): void {
    if (now === this.connection) return
    this.connection = now
    this.shown.connection(now)
  }

  private nextRetry(): number {
    return Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** this.failures++) * (0.75 + Math.random() / 2)
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer)
        this.pauses.delete(go)
        resolve()
      }
      const timer = setTimeout(go, ms)
      this.pauses.add(go)
    })
  }

  /** Do not wait any longer: the network is back, or the visitor looks again. */
  private hurry(): void {
    for (const go of [...this.pauses]) go()
  }
}

/** A new id of a message; works on pages without TLS, too. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
