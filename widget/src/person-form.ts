// "Talk to a person" as real fields. What is given goes to the assistant as one message; it shows what it has and asks for consent.
import { h, icon, put } from './dom.ts'
import type { Key, Texts } from './texts.ts'

export interface Contact { name: string; email: string; phone: string }
export type Problems = Partial<Record<keyof Contact, Key>>

const EMAIL = /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/
const PHONE = /^\+[\d\s().-]{6,24}$/

/** What is missing or wrong; empty if it can be sent. The assistant checks it again, with libraries. */
export function findProblems(contact: Contact): Problems {
  const problems: Problems = {}
  if (!contact.name) problems.name = 'need_name'
  if (contact.email && !EMAIL.test(contact.email)) problems.email = 'bad_email'
  if (contact.phone && !PHONE.test(contact.phone)) problems.phone = 'bad_phone'
  if (!contact.email && !contact.phone) problems.email = 'need_reach'
  return problems
}

/** The message that says it all: what the assistant takes from it, it does not ask again. */
export function contactMessage({ name, email, phone }: Contact): string {
  const parts = ['I would like to talk to a person.', `My name is ${name}.`]
  if (email) parts.push(`My email is ${email}.`)
  if (phone) parts.push(`My phone number is ${phone}.`)
  return parts.join(' ')
}

/** The form, and what stands above it. */
export function personForm(texts: Texts, attended: boolean, say: (text: string) => void): HTMLElement[] {
  const inputs = {} as Record<keyof Contact, HTMLInputElement>
  const errors = {} as Record<keyof Contact, HTMLElement>
  const field = (name: keyof Contact, type: string, autocomplete: string): HTMLElement => {
    errors[name] = h('span', { class: 'error', id: `error-${name}` })
    inputs[name] = h('input', { id: `field-${name}`, name, type, autocomplete, maxlength: 200, dir: 'auto', 'aria-describedby': `error-${name}` })
    return h('div', { class: 'field' }, h('label', { for: `field-${name}` }, texts.say(name)), inputs[name], errors[name])
  }
  const form = h('form', { novalidate: true, class: 'content-form', onsubmit: (event) => {
    event.preventDefault()
    const contact = { name: inputs.name.value.trim(), email: inputs.email.value.trim(), phone: inputs.phone.value.trim() }
    const problems = findProblems(contact)
    for (const name of ['name', 'email', 'phone'] as const) {
      const problem = problems[name]
      errors[name].textContent = problem ? texts.say(problem) : ''
      if (problem) inputs[name].setAttribute('aria-invalid', 'true')
      else inputs[name].removeAttribute('aria-invalid')
    }
    const wrong = (['name', 'email', 'phone'] as const).find((name) => problems[name])
    if (wrong) inputs[wrong].focus()
    else say(contactMessage(contact))
  } })
  put(form, field('name', 'text', 'name'), field('email', 'email', 'email'), field('phone', 'tel', 'tel'))
  put(form, h('p', { class: 'dim' }, texts.say('one_is_enough')), h('p', { class: 'dim' }, texts.say('consent')))
  // Who can have a person now is offered that first; details are for later, and the other way round while nobody is there.
  const strong = (first: boolean): string => (first ? 'button strong' : 'button')
  put(form, h('div', { class: 'actions' }, h('button', { type: 'submit', class: strong(!attended) }, texts.say('go_on'))))
  const here = h('div', { class: 'actions' }, h('button', { type: 'button', class: strong(attended), onclick: () => say('I would like to talk to a person') }, icon('chat'), texts.say('person_here')))
  const note = h('p', { class: 'online-note' }, h('span', { class: attended ? 'dot' : 'dot off' }), texts.say(attended ? 'attended' : 'unattended'))
  return [h('p', {}, texts.say('person_intro')), note, ...(attended ? [here, form] : [form, here])]
}
