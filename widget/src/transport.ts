// The one client of the gateway: docs/widget-protocol.md is its whole contract. The only module that uses the network.
import type { Proof } from './history.ts'

export interface Citation { id: string; document: string; heading: string; lines: [number, number] }
export interface Line {
  id: number
  author: 'visitor' | 'assistant' | 'gateway' | 'coordinator'
  at?: string
  text: string
  name?: string
  kind?: string
  client_id?: string
  answers?: string
  thumb?: 'up' | 'down'
  buttons?: string[]
  citations?: Citation[]
  marks?: [number, number][]
  suggestions?: string[]
}
export interface State { holder: 'assistant' | 'waiting' | 'coordinator'; name: string | null; waiting: number; attended: boolean }
export interface Passage { id: string; title: string; text: string; document: string; publisher: string; heading: string; lines: [number, number]; read_on: string }
export interface Followed { line(line: Line): void; state(state: State): void; typing(seconds: number): void; opened(): void }

/** The server answered, and not with what was asked for; status 0 if it did not answer. */
export class Refusal extends Error {
  constructor(readonly status: number, readonly code: string, readonly retryAfter: number, readonly lines: Line[] = []) {
    super(code)
  }
}

const ANSWER_WITHIN = 20_000
const FIRST_WORD_WITHIN = 6_000
const SILENT_AT_MOST = 40_000 // the server says something every 15 seconds
const POLL_EVERY = 3_000
const POLLS_BEFORE_STREAM = 40

export class Transport {
  proof: Proof | undefined

  constructor(private readonly server: string) {}

  begin(): Promise<Proof & { attended: boolean }> {
    return this.call<Proof & { attended: boolean }>('session', {}, false)
  }

  async send(id: string, text: string): Promise<void> {
    await this.call('messages', { id, text })
  }

  async acknowledge(id: number): Promise<void> {
    await this.call('ack', { id })
  }

  async judge(message: number, thumb: 'up' | 'down' | null, comment: string | null): Promise<void> {
    await this.call('feedback', { message, thumb, comment })
  }

  async tellTyping(): Promise<void> {
    await this.call('typing', {})
  }

  async erase(): Promise<void> {
    await this.call('erase', {})
  }

  async transcript(): Promise<string> {
    return (await this.fetch('transcript', {})).text()
  }

  async passage(id: string): Promise<Passage> {
    return (await this.fetch('passages/' + id.split('/').map(encodeURIComponent).join('/'), {}, false)).json() as Promise<Passage>
  }

  /** Follow the conversation until the line breaks; by polling where streams do not get through. */
  async follow(after: number, to: Followed, signal: AbortSignal): Promise<void> {
    if (!(await this.stream(after, to, signal))) await this.poll(() => after, (line) => { after = line.id; to.line(line) }, to, signal)
  }

  /** @returns false if not a word came: something on the way keeps streams back. */
  private async stream(after: number, to: Followed, signal: AbortSignal): Promise<boolean> {
    const cut = new AbortController()
    const stop = (): void => cut.abort()
    signal.addEventListener('abort', stop, { once: true })
    let spoke = false
    let watch = setTimeout(stop, FIRST_WORD_WITHIN)
    try {
      const answer = await this.fetch(`stream?after=${after}`, { signal: cut.signal, patient: true })
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
      if (!reader) return false
      let rest = ''
      for (;;) {
        const { value, done } = await reader.read()
        if (done) return true
        clearTimeout(watch)
        watch = setTimeout(stop, SILENT_AT_MOST)
        if (!spoke) to.opened()
        spoke = true
        const events = (rest + value).split('\n\n')
        rest = events.pop() ?? ''
        for (const event of events) read(event, to)
      }
    } catch (error) {
      if (error instanceof Refusal && error.status === 429) return false
      // Silent, blocked, or answered by something on the way: if it is the whole line that is away, polling finds that at once.
      const refused = error instanceof Refusal && error.status > 0 && error.status < 500
      if (!spoke && !signal.aborted && !refused) return false
      throw error
    } finally {
      clearTimeout(watch)
      signal.removeEventListener('abort', stop)
      cut.abort()
    }
  }

  private async poll(after: () => number, line: (line: Line) => void, to: Followed, signal: AbortSignal): Promise<void> {
    for (let turn = 0; turn < POLLS_BEFORE_STREAM; turn++) {
      const { messages, state } = await (await this.fetch(`messages?after=${after()}`, { signal })).json() as { messages: Line[]; state: State }
      if (turn === 0) to.opened()
      messages.forEach(line)
      to.state(state)
      await new Promise((resolve) => setTimeout(resolve, POLL_EVERY))
      if (signal.aborted) return
    }
  }

  private async call<T>(path: string, body: object, proven = true): Promise<T> {
    const answer = await this.fetch(path, { method: 'POST', body: JSON.stringify(body), keepalive: path === 'messages' }, proven)
    return (answer.status === 204 ? undefined : await answer.json()) as T
  }

  private async fetch(path: string, options: RequestInit & { patient?: boolean }, proven = true): Promise<Response> {
    const headers: Record<string, string> = {}
    if (options.body) headers['Content-Type'] = 'application/json'
    if (proven && this.proof) headers['Authorization'] = `Bearer ${this.proof.token}`
    const cut = new AbortController()
    const timer = options.patient ? undefined : setTimeout(() => cut.abort(), ANSWER_WITHIN)
    options.signal?.addEventListener('abort', () => cut.abort(), { once: true })
    let answer: Response
    try {
      answer = await fetch(`${this.server}/widget/${path}`, { ...options, headers, signal: cut.signal, credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' })
    } catch {
      throw new Refusal(0, 'offline', 0)
    } finally {
      clearTimeout(timer)
    }
    if (answer.ok) return answer
    const said = await answer.json().catch(() => ({})) as { error?: { code?: string }; messages?: Line[] }
    throw new Refusal(answer.status, said.error?.code ?? 'unknown', Number(answer.headers.get('Retry-After')) || 0, said.messages)
  }
}

/** Read one event of the stream. */
function read(event: string, to: Followed): void {
  const fields = new Map(event.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const))
  const data = fields.get('data')
  if (data === undefined) return
  const value: unknown = JSON.parse(data)
  if (fields.get('event') === 'message') to.line(value as Line)
  else if (fields.get('event') === 'state') to.state(value as State)
  else if (fields.get('event') === 'typing') to.typing((value as { for_s: number }).for_s)
}
