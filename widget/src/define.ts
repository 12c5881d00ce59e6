// Register the element, once in a page.
import { CartChat } from './element.ts'

export function define(): void {
  if (!customElements.get('cart-chat')) customElements.define('cart-chat', CartChat)
}
