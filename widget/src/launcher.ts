// The closed widget: one button. It measures nothing, asks the server for nothing, and moves nothing of the page.
import { open as ar } from './catalogues/ar.json'
import { open as de } from './catalogues/de.json'
import { open as en } from './catalogues/en.json'
import { open as es } from './catalogues/es.json'
import { open as fr } from './catalogues/fr.json'
import { open as tr } from './catalogues/tr.json'
import { open as zh } from './catalogues/zh.json'
import { COLOURS } from './colours.ts'
import { h, icon } from './dom.ts'

const LABELS: Record<string, string> = { en, es, de, fr, tr, ar, zh }

export const LAUNCHER_STYLE = COLOURS + `
.launcher{position:fixed;z-index:2147483000;inset-block-end:max(20px,env(safe-area-inset-bottom));inset-inline-end:20px;display:flex;align-items:center;gap:10px;min-height:56px;padding:0 22px 0 18px;border:2px solid transparent;border-radius:28px;background:var(--accent);color:var(--on-accent);font:600 16px/1.2 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;box-shadow:0 6px 22px var(--shadow);cursor:pointer}
.launcher.left{inset-inline-end:auto;inset-inline-start:20px}
.launcher:hover{filter:brightness(1.08)}
.launcher:focus-visible{outline:3px solid var(--paper);outline-offset:-6px;box-shadow:0 0 0 3px var(--accent),0 6px 22px var(--shadow)}
.launcher[aria-busy="true"] .icon{opacity:.5}
.badge{min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:var(--paper);color:var(--ink);font-size:13px;line-height:22px;text-align:center}
@media (max-width:480px){.launcher{padding:0;width:60px;height:60px;justify-content:center;border-radius:30px}.launcher .words{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.launcher .badge{position:absolute;inset-block-start:-6px;inset-inline-end:-6px;border:2px solid var(--accent)}}
@media print{.launcher{display:none}}
@media (forced-colors:active){.launcher{border-color:ButtonText}}
`

export class Launcher {
  readonly button: HTMLButtonElement
  private readonly words = h('span', { class: 'words' })
  private readonly badge = h('span', { class: 'badge', hidden: true })

  constructor(side: 'left' | 'right', open: () => void, prepare: () => void) {
    this.button = h('button', { type: 'button', class: `launcher ${side}`, 'aria-haspopup': 'dialog', 'aria-expanded': 'false', onclick: open, onpointerenter: prepare, onfocus: prepare }, icon('chat'), this.words, this.badge)
  }

  setLanguage(language: string): void {
    const base = language.toLowerCase().split('-')[0] ?? ''
    this.words.textContent = LABELS[base] ?? en
    this.button.lang = base in LABELS ? base : 'en'
    this.button.dir = base === 'ar' ? 'rtl' : 'ltr'
  }

  setUnread(count: number): void {
    this.badge.hidden = count === 0
    this.badge.textContent = count ? String(count) : ''
  }
}
