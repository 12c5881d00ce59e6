// The interface's texts, from the message catalogues. Answers are in English whatever the language of the interface.
import ar from './catalogues/ar.json'
import de from './catalogues/de.json'
import en from './catalogues/en.json'
import es from './catalogues/es.json'
import fr from './catalogues/fr.json'
import tr from './catalogues/tr.json'
import zh from './catalogues/zh.json'

export type Key = keyof typeof en
export const CATALOGUES: Record<string, Record<Key, string>> = { en, es, de, fr, tr, ar, zh }
export const LANGUAGE_NAMES: Record<string, string> = {
  en: 'English', es: 'Español', de: 'Deutsch', fr: 'Français', tr: 'Türkçe', ar: 'العربية', zh: '中文',
}

/** The first language that there is a catalogue for. */
export function chooseLanguage(...wanted: (string | null | undefined)[]): string {
  for (const one of wanted) {
    const base = one?.toLowerCase().split('-')[0] ?? ''
    if (base in CATALOGUES) return base
  }
  return 'en'
}

/** True if the language is written from right to left. */
export const isRightToLeft = (language: string): boolean => language === 'ar'

export class Texts {
  constructor(public language: string) {}

  /** A text with its places filled. */
  say(key: Key, values: Record<string, string | number> = {}): string {
    const text = CATALOGUES[this.language]?.[key] ?? en[key]
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
  }
}
