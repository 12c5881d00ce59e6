// Print or save the conversation. The print is made of elements in a frame of its own: no markup, no address.
import { h, put } from './dom.ts'
import { addStyle } from './style.ts'

const STYLE = 'body{font:11pt/1.5 system-ui,sans-serif;margin:2cm;color:#000}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:0}'

/** Offer a text as a file. */
export function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
  const link = h('a', { href: url, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** Print a text. */
export function print(text: string, title: string): void {
  const frame = h('iframe', { 'aria-hidden': 'true', tabindex: '-1' })
  Object.assign(frame.style, { position: 'fixed', width: '0', height: '0', border: '0', insetInlineEnd: '0' })
  document.documentElement.append(frame)
  const page = frame.contentDocument
  const view = frame.contentWindow
  if (!page || !view) return
  page.title = title
  addStyle(page, STYLE)
  const body = page.createElement('pre')
  body.textContent = text
  put(page.body, body)
  view.addEventListener('afterprint', () => frame.remove(), { once: true })
  view.focus()
  view.print()
}
