// What a page may set on the tag, and what loader and chat say to each other.
import type { Keeping } from './history.ts'

export type Look = 'auto' | 'light' | 'dark' | 'contrast'
export interface Options {
  /** Address of the gateway, without a slash at its end. */
  server: string
  inline: boolean
  side: 'left' | 'right'
  language: string | null
  look: Look
  keeping: Keeping
  title: string | null
  privacy: string | null
}

/** The opened chat, as the element uses it. */
export interface Chat {
  readonly isOpen: boolean
  open(question?: string): void
  close(): void
  destroy(): void
}

/** What the chat tells the element around it. */
export interface Around {
  toggled(isOpen: boolean): void
  unread(count: number): void
  language(language: string): void
  look(look: Look): void
}

export type MakeChat = (host: HTMLElement, root: ShadowRoot, options: Options, around: Around) => Chat
/** Where the chat's script puts its function for the loader. */
export const MAKE_CHAT = Symbol.for('cart-chat')

const LOOKS: readonly string[] = ['auto', 'light', 'dark', 'contrast']

export const isLook = (value: unknown): value is Look => typeof value === 'string' && LOOKS.includes(value)

/** Read the data-... attributes of the tag; what is odd is left at its default. */
export function readOptions(data: DOMStringMap, source: string): Options {
  const server = data['server'] ?? new URL('.', source).href
  return {
    server: server.replace(/\/(?:widget\/assets\/?)?$/, ''),
    inline: data['mount'] !== undefined,
    side: data['side'] === 'left' ? 'left' : 'right',
    language: data['language'] ?? null,
    look: isLook(data['look']) ? data['look'] : 'auto',
    keeping: data['keep'] === 'none' || data['keep'] === 'session' ? data['keep'] : 'local',
    title: data['title'] ?? null,
    privacy: /^(https?:\/\/|\/(?!\/))/.test(data['privacy'] ?? '') ? (data['privacy'] ?? null) : null,
  }
}
