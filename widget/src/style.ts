// Styles without a style element, so that a page's policy needs no unsafe-inline.

/** Add a style sheet to a shadow root or document. */
export function addStyle(root: ShadowRoot | Document, css: string): void {
  // Not by instanceof: the document of a frame is none of this window's.
  const view = ('defaultView' in root ? root : root.ownerDocument).defaultView ?? window
  const sheet = new (view as typeof globalThis & Window).CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
}
