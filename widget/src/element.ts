// The custom element: the closed widget, and the chat once it is wanted. Its registration is in define.ts.
import { h } from './dom.ts'
import { History } from './history.ts'
import { Launcher, LAUNCHER_STYLE } from './launcher.ts'
import { type Chat, MAKE_CHAT, type MakeChat, type Options } from './options.ts'
import { addStyle } from './style.ts'

declare const CHAT_FILE: string
declare const CHAT_INTEGRITY: string

export class CartChat extends HTMLElement {
  /** Set before the element is put into the page. */
  options: Options | undefined
  private chat: Chat | undefined
  private loading: Promise<void> | undefined
  private launcher: Launcher | undefined

  connectedCallback(): void {
    const options = this.options
    if (!options || this.shadowRoot) return
    const root = this.attachShadow({ mode: 'open' })
    addStyle(root, LAUNCHER_STYLE)
    const kept = new History(options.server, options.keeping).kept
    this.dataset['look'] = kept.look ?? options.look
    if (options.inline) {
      void this.load()
      return
    }
    this.launcher = new Launcher(options.side, () => void this.open(), () => void this.load().catch(() => undefined))
    this.launcher.setLanguage(kept.language ?? options.language ?? (document.documentElement.lang || navigator.language))
    root.append(this.launcher.button)
    // The visitor had it open on the page before, so it is open here, too.
    if (kept.open && kept.proof) void this.load().then(() => this.chat?.open())
  }

  disconnectedCallback(): void {
    this.chat?.destroy()
    this.chat = undefined
    this.loading = undefined
    this.shadowRoot?.replaceChildren()
  }

  /** Open the chat; with a question, ask it. */
  async open(question?: string): Promise<void> {
    this.launcher?.button.setAttribute('aria-busy', 'true')
    try {
      await this.load()
      this.chat?.open(question)
    } finally {
      this.launcher?.button.removeAttribute('aria-busy')
    }
  }

  close(): void {
    this.chat?.close()
  }

  private load(): Promise<void> {
    this.loading ??= this.fetchChat().catch((error: unknown) => {
      this.loading = undefined
      throw error
    })
    return this.loading
  }

  private async fetchChat(): Promise<void> {
    const options = this.options as Options
    const given = globalThis as unknown as Record<symbol, MakeChat | undefined>
    if (!given[MAKE_CHAT]) await addScript(`${options.server}/widget/assets/${CHAT_FILE}`, CHAT_INTEGRITY)
    this.chat = given[MAKE_CHAT]?.(this, this.shadowRoot as ShadowRoot, options, {
      toggled: (isOpen) => {
        if (!this.launcher) return
        this.launcher.button.hidden = isOpen
        this.launcher.button.setAttribute('aria-expanded', String(isOpen))
        if (!isOpen) this.launcher.button.focus()
        this.dispatchEvent(new CustomEvent(isOpen ? 'cart-chat:open' : 'cart-chat:close', { bubbles: true, composed: true }))
      },
      unread: (count) => this.launcher?.setUnread(count),
      language: (language) => this.launcher?.setLanguage(language),
      look: (look) => { this.dataset['look'] = look },
    })
  }
}

interface ScriptPolicy { createScriptURL(url: string): string }
interface Policies { createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy }
let policy: ScriptPolicy | undefined

/** Add a script with its integrity value; under Trusted Types, too, if the page allows the policy "cart-chat". */
function addScript(url: string, integrity: string): Promise<void> {
  const { trustedTypes } = window as { trustedTypes?: Policies }
  policy ??= trustedTypes?.createPolicy('cart-chat', { createScriptURL: (address) => address })
  return new Promise((resolve, reject) => {
    const script = h('script', { async: true, integrity, crossorigin: 'anonymous' })
    script.onload = () => resolve()
    script.onerror = () => { script.remove(); reject(new Error(`${url} could not be loaded`)) }
    script.src = policy?.createScriptURL(url) ?? url
    document.head.append(script)
  })
}

