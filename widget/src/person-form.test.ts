import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contactMessage, findProblems } from './person-form.ts'
import { readOptions } from './options.ts'

test('a name and one way are enough', () => {
  assert.deepEqual(findProblems({ name: 'Olga', email: 'o@example.org', phone: '' }), {})
  assert.deepEqual(findProblems({ name: 'Olga', email: '', phone: '+44 20 7946 0000' }), {})
})

test('what is missing or wrong is named at its field', () => {
  assert.deepEqual(findProblems({ name: '', email: '', phone: '' }), { name: 'need_name', email: 'need_reach' })
  assert.deepEqual(findProblems({ name: 'O', email: 'o@example', phone: '0207' }), { email: 'bad_email', phone: 'bad_phone' })
})

test('one message says it all', () => {
  assert.equal(contactMessage({ name: 'Olga', email: 'o@example.org', phone: '' }), 'I would like to talk to a person. My name is Olga. My email is o@example.org.')
})

test('the server is where the script comes from, unless the tag says otherwise', () => {
  assert.equal(readOptions({}, 'https://care.example/widget.js').server, 'https://care.example')
  assert.equal(readOptions({}, 'https://care.example/widget/assets/widget.abc.js').server, 'https://care.example')
  assert.equal(readOptions({ server: 'https://other.example/' }, 'https://care.example/widget.js').server, 'https://other.example')
})

test('odd options fall back', () => {
  const options = readOptions({ look: 'neon', side: 'top', keep: 'for-ever', privacy: 'javascript:alert(1)' }, 'https://a.example/widget.js')

  assert.deepEqual([options.look, options.side, options.keeping, options.privacy], ['auto', 'right', 'local', null])
})
