// The script that pages name. It puts the closed widget into the page, and fetches the chat when that is opened.
import { define } from './define.ts'
import { CartChat } from './element.ts'
import { readOptions } from './options.ts'

const script = document.currentScript as HTMLScriptElement | null

function start(): void {
  if (!script || document.querySelector('cart-chat')) return
  define()
  const element = document.createElement('cart-chat') as CartChat
  if (!(element instanceof CartChat)) return
  element.options = readOptions(script.dataset, script.src)
  const place = element.options.inline ? document.querySelector(script.dataset['mount'] || '#cart-chat') : null
  if (element.options.inline && !place) {
    console.warn('cart-chat: the element of data-mount is not in the page; the button is shown instead.')
    element.options = { ...element.options, inline: false }
  }
  // Beside the body, so that no transform or filter of the page's body moves the button.
  ;(place ?? document.documentElement).append(element)
  // Links and buttons of the page may open it, with a question or without.
  document.addEventListener('click', (event) => {
    const opener = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-cart-chat]') : null
    if (!opener) return
    event.preventDefault()
    void element.open(opener.dataset['cartChat'] || undefined)
  })
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start, { once: true })
else start()
