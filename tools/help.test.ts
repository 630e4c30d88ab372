import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commands } from '#cli/commands.ts'
import { defaultLimits, defaultReceive, defaultThrottles } from '#config/defaults.ts'
import { type RefusalName, refusals } from '#wire/smtp/refusals.ts'
import { helpFolder, helpPages } from './help.ts'

const root = join(import.meta.dirname, '..')
const pages = new Map(helpPages())

for (const [path, wanted] of pages) {
  test(`${path} says what the table of refusals says`, () =>
    assert.equal(readFileSync(join(root, path), 'utf8'), wanted, 'run npm run help'))
}

test('there is no page of a code that is no more', () =>
  assert.deepEqual(
    readdirSync(join(root, helpFolder)).sort(),
    [...pages.keys()].map(path => path.slice(helpFolder.length + 1)).sort(),
    'run npm run help',
  ))

test('every refusal has its heading on its page, and a line in the index', () => {
  const index = pages.get(`${helpFolder}/README.md`) ?? ''
  // Object.keys gives string[]; these are the table's own keys.
  for (const name of Object.keys(refusals) as RefusalName[]) {
    const { enhanced, code } = refusals[name]
    const page = pages.get(`${helpFolder}/${enhanced}.md`) ?? ''
    assert.match(page, new RegExp(`^## ${name}\n\n\`\`\`text\n${code} ${RegExp.escape(enhanced)} `, 'm'), name)
    assert.ok(index.includes(`(${enhanced}.md#${name})`), name)
  }
})

test('what people look up most stands first', () => {
  const index = pages.get(`${helpFolder}/README.md`) ?? ''
  const most = index.slice(index.indexOf('## Looked up most'), index.indexOf('## All, by number'))
  for (const name of ['no-such-mailbox', 'relay-denied', 'mailbox-full-for-long', 'greylisted', 'content-refused'])
    assert.ok(most.includes(`#${name})`), name)
})

test('links lead to the sections of RFCs', () => {
  for (const [path, text] of pages)
    for (const [, link = ''] of text.matchAll(/\]\((https?:[^)]*)\)/g))
      assert.match(link, /^https:\/\/www\.rfc-editor\.org\/rfc\/rfc\d{3,4}(#section-\d+(\.\d+)*)?$/, path)
})

test('settings and commands that the pages name are there', () => {
  const settings: unknown = { limits: defaultLimits, receive: defaultReceive, throttles: defaultThrottles }
  let named = 0
  for (const [path, text] of pages) {
    for (const [, key = ''] of text.matchAll(/`((?:limits|receive|throttles)\.[\w.]+)/g)) {
      const value = key.split('.').reduce((at: unknown, part) => Object(at)[part], settings)
      assert.notEqual(value, undefined, `${path}: ${key}`)
      named += 1
    }
    for (const [, first, second] of text.matchAll(/`posthouse (\w+)(?: (\w+))?/g)) {
      const isThere = commands.some(({ name }) => name === first || name === `${first} ${second}`)
      assert.ok(isThere, `${path}: posthouse ${first} ${second}`)
      named += 1
    }
  }
  assert.ok(named > 20)
})
