import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CATALOGUES, chooseLanguage, Texts } from './texts.ts'

const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()

for (const [language, catalogue] of Object.entries(CATALOGUES)) {
  test(`${language}: every text is there, with the same places`, () => {
    const english = CATALOGUES['en'] ?? {}
    assert.deepEqual(Object.keys(catalogue).sort(), Object.keys(english).sort())
    for (const [key, text] of Object.entries(catalogue)) {
      assert.deepEqual(places(text), places((english as Record<string, string>)[key] ?? ''), key)
      if (key !== 'english_only') assert.ok(text.trim(), key)
    }
  })
}

test('every language but English says that answers are in English', () => {
  for (const [language, catalogue] of Object.entries(CATALOGUES)) assert.equal(Boolean(catalogue.english_only), language !== 'en')
})

test('the first known language is taken', () => {
  assert.equal(chooseLanguage(null, 'pt-BR', 'zh-Hans-CN', 'de'), 'zh')
  assert.equal(chooseLanguage('xx'), 'en')
})

test('places are filled', () => {
  assert.equal(new Texts('de').say('left', { n: 5 }), 'Noch 5 Zeichen')
})
