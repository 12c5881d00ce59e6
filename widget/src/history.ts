// What is kept in the browser: the proof of the session, what is not sent yet, preferences. The only module that uses web storage.
// The words of the conversation itself are kept on the server only.

export type Keeping = 'local' | 'session' | 'none'
export interface Proof { conversation: string; token: string; ends_at: number; max_chars: number }
export interface Unsent { id: string; text: string; at: string }
export interface Kept { proof?: Proof; unsent?: Unsent[]; agreed?: boolean; language?: string; look?: string; scale?: number; open?: boolean; shared?: boolean }

/** Reads and writes one entry; works without storage, too, as far as the page lives. */
export class History {
  private memory: Kept = {}
  private readonly key: string

  constructor(server: string, public keeping: Keeping) {
    this.key = `cart-chat:${server}`
    if (keeping === 'local' && this.area()) this.memory = this.read()
    if (this.memory.shared) this.keeping = 'none'
    else if (keeping === 'session') this.memory = this.read()
    const ends = this.memory.proof?.ends_at
    if (ends !== undefined && ends * 1000 < Date.now()) delete this.memory.proof
  }

  get kept(): Readonly<Kept> {
    return this.memory
  }

  /** Change some of it; undefined removes. */
  keep(change: { [K in keyof Kept]?: Kept[K] | undefined }): void {
    // Another tab may have written meanwhile.
    const next: Record<string, unknown> = { ...this.memory, ...(this.keeping === 'none' ? {} : this.read()), ...change }
    for (const name of Object.keys(next)) if (next[name] === undefined) delete next[name]
    this.memory = next as Kept
    this.write()
  }

  /** Forget all but preferences. */
  forget(): void {
    this.keep({ proof: undefined, unsent: undefined, agreed: undefined, open: undefined })
  }

  /** Keep nothing of the conversation in this browser from now on; only that wish is kept. */
  keepNothing(): void {
    const { language, look, scale } = this.memory
    const wish: Kept = { shared: true, ...(language ? { language } : {}), ...(look ? { look } : {}), ...(scale ? { scale } : {}) }
    try {
      this.area()?.setItem(this.key, JSON.stringify(wish))
    } catch { /* no storage: nothing was kept anyway */ }
    this.keeping = 'none'
    this.memory = { ...this.memory, shared: true }
  }

  /** Call when another tab changed it. */
  listen(changed: () => void, signal: AbortSignal): void {
    addEventListener('storage', (event) => {
      if (this.keeping !== 'local' || event.key !== this.key) return
      this.memory = this.read()
      changed()
    }, { signal })
  }

  private area(): Storage | null {
    try {
      return this.keeping === 'none' ? null : this.keeping === 'session' ? sessionStorage : localStorage
    } catch {
      return null
    }
  }

  private read(): Kept {
    try {
      const found: unknown = JSON.parse(this.area()?.getItem(this.key) ?? '{}')
      return found !== null && typeof found === 'object' ? (found as Kept) : {}
    } catch {
      return this.memory
    }
  }

  private write(): void {
    try {
      this.area()?.setItem(this.key, JSON.stringify(this.memory))
    } catch { /* full or forbidden: it lives as long as the page */ }
  }
}
