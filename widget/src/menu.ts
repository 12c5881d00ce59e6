// Options: text size, appearance, language; a copy of the conversation; erasing it.
import { h, icon, put } from './dom.ts'
import type { Keeping } from './history.ts'
import { type Key, LANGUAGE_NAMES, type Texts } from './texts.ts'

const SCALES = [0.9, 1, 1.15, 1.3, 1.5, 1.75, 2]
const LOOKS: readonly (readonly [string, Key])[] = [['auto', 'look_auto'], ['light', 'look_light'], ['dark', 'look_dark'], ['contrast', 'look_contrast']]

export interface MenuState { scale: number; look: string; hasSession: boolean; keeping: Keeping }
export interface MenuActions {
  scale(scale: number): void
  look(look: string): void
  language(language: string): void
  download(): void
  print(): void
  erase(): void
}

export function menuContent(texts: Texts, state: MenuState, actions: MenuActions): HTMLElement[] {
  return [
    sizes(texts, state.scale, actions.scale),
    choice(texts, 'look', LOOKS.map(([value, key]) => [value, texts.say(key)] as const), state.look, actions.look),
    choice(texts, 'language', Object.entries(LANGUAGE_NAMES), texts.language, actions.language),
    items(texts, state, actions),
    h('p', { class: 'dim' }, texts.say(state.keeping === 'local' ? 'kept_local' : state.keeping === 'session' ? 'kept_session' : 'kept_none')),
  ]
}

function sizes(texts: Texts, now: number, set: (scale: number) => void): HTMLElement {
  let at = Math.max(0, SCALES.findIndex((scale) => scale >= now))
  const shown = h('output', { 'aria-live': 'polite' })
  const step = (by: number): void => {
    at = Math.min(SCALES.length - 1, Math.max(0, at + by))
    shown.textContent = `${Math.round((SCALES[at] ?? 1) * 100)} %`
    if (by) set(SCALES[at] ?? 1)
  }
  const box = h('div', { class: 'field', role: 'group', 'aria-labelledby': 'size-label' }, h('span', { class: 'legend', id: 'size-label' }, texts.say('text_size')), h('div', { class: 'sizes' },
    h('button', { type: 'button', class: 'button', 'aria-label': texts.say('smaller'), onclick: () => step(-1) }, icon('minus')), shown,
    h('button', { type: 'button', class: 'button', 'aria-label': texts.say('larger'), onclick: () => step(1) }, icon('plus'))))
  step(0)
  return box
}

function choice(texts: Texts, name: Key, values: readonly (readonly [string, string])[], now: string, set: (value: string) => void): HTMLElement {
  const select = h('select', { id: `choose-${name}`, onchange: () => set(select.value) })
  for (const [value, label] of values) put(select, h('option', { value, selected: value === now }, label))
  return h('div', { class: 'field' }, h('label', { for: `choose-${name}` }, texts.say(name)), select)
}

function items(texts: Texts, state: MenuState, actions: MenuActions): HTMLElement {
  const list = h('div', { class: 'list' })
  if (state.hasSession) {
    put(list, h('button', { type: 'button', class: 'item', onclick: actions.download }, icon('save'), texts.say('download')))
    put(list, h('button', { type: 'button', class: 'item', onclick: actions.print }, icon('print'), texts.say('print')))
    put(list, h('button', { type: 'button', class: 'item danger', onclick: actions.erase }, icon('bin'), texts.say('erase')))
  }
  return list
}
