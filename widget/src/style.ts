// Styles without a style element, so that a page's policy needs no unsafe-inline.

/** Add a style sheet to a shadow root or document. */
export function addStyle(root: ShadowRoot | Document, css: string): void {
  const view = (root instanceof Document ? root : root.ownerDocument).defaultView ?? window
  const sheet = new (view as typeof globalThis & Window).CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
}
