// Make elements. Text is always set as text; there is no way here to set markup.

type Handler = (event: Event) => void
export type Props = Record<string, string | number | boolean | null | undefined | Handler>
export type Child = Node | string | null | undefined | false

/** Make an element: `on...` adds a listener, true an empty attribute, false, null and undefined none. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value))
  }
  put(element, ...children)
  return element
}

/** Append children; what is false, null or undefined is left out. */
export function put(parent: Node, ...children: Child[]): void {
  for (const child of children) if (child || child === '') parent.appendChild(typeof child === 'string' ? document.createTextNode(child) : child)
}

const SVG = 'http://www.w3.org/2000/svg'
// Drawn on 24 by 24, as lines.
const ICONS = {
  chat: 'M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z',
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M15 5l-7 7 7 7',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0',
  send: 'M12 19V5M6 11l6-6 6 6',
  up: 'M7 11v9H4v-9h3zm0 0l4-7a2 2 0 0 1 2 2v4h5a2 2 0 0 1 2 2.3l-1 6A2 2 0 0 1 17 20H7',
  down: 'M17 13V4h3v9h-3zm0 0l-4 7a2 2 0 0 1-2-2v-4H6a2 2 0 0 1-2-2.3l1-6A2 2 0 0 1 7 4h10',
  alert: 'M12 9v4M12 17h.01M10.3 4L2.6 17.5A2 2 0 0 0 4.3 20.5h15.4a2 2 0 0 0 1.7-3L13.7 4a2 2 0 0 0-3.4 0z',
  phone: 'M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2z',
  save: 'M12 4v11M7 10l5 5 5-5M5 20h14',
  print: 'M7 9V4h10v5M7 17H5a2 2 0 0 1-2-2v-4a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2h-2M7 14h10v6H7z',
  bin: 'M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3',
  minus: 'M5 12h14',
  plus: 'M12 5v14M5 12h14',
  arrow: 'M12 5v14M6 13l6 6 6-6',
} as const
export type IconName = keyof typeof ICONS

/** A drawing that screen readers pass over. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', class: `icon icon-${name}`, 'aria-hidden': 'true', focusable: 'false' })) svg.setAttribute(key, value)
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', ICONS[name])
  svg.append(path)
  return svg
}

/** All that can take the focus inside an element, in order. */
export function focusables(root: ParentNode): HTMLElement[] {
  const all = root.querySelectorAll<HTMLElement>('a[href],button:not([disabled]),input:not([disabled]),textarea,select,[tabindex="0"]')
  return [...all].filter((one) => one.getClientRects().length > 0)
}
