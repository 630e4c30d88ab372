import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readHeader } from '#mail/header.ts'
import { utf8 } from '#text/bytes.ts'
import type { Device } from './device-row.ts'
import { limits } from './limits.ts'
import { composeNotice, type Notice, noticeLanguages } from './notice-text.ts'

const day = Date.UTC(2026, 10, 23)
const device: Device = {
  protocol: 'pop3',
  client: '',
  network: '192.0.2.0/24',
  firstAt: day,
  lastAt: day,
  lastAddress: '192.0.2.1',
  taken: 3,
  removed: 0,
  hidden: 2,
}
const notice: Notice = {
  language: 'en',
  hostname: 'mail.example.test',
  id: 'abc',
  now: day,
  address: 'alice@example.test',
  devices: [device],
  hidden: 2,
}

function fieldsOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  return new Map(readHeader(bytes).fields.map(({ name, value }) => [name, value]))
}

test('notice: in every language a header in ASCII, prose in short lines, a link and a command for each remedy', () => {
  for (const { tag } of noticeLanguages) {
    const bytes = composeNotice({ ...notice, language: tag })
    const text = utf8(bytes)
    const header = text.slice(0, text.indexOf('\r\n\r\n'))
    assert.match(header, /^[\x20-\x7e\r\n]*$/, tag)
    assert.equal(fieldsOf(bytes).get('Content-Language'), tag)
    const lines = text.split('\r\n')
    assert.ok(!lines.some(line => /[\r\n]/.test(line)), tag)
    for (const line of lines)
      assert.ok(line.length <= 78 || /^(?: {2}mailto:|- )/.test(line), `${tag}: ${line.length}: ${line}`)
    const links = lines.filter(line => line.startsWith('  mailto:postmaster@example.test?subject='))
    const commands = lines.filter(line => line.startsWith('  posthouse account pop3 alice@example.test --'))
    assert.deepEqual([links.length, commands.length], [6, 6], tag)
    for (const link of links) assert.match(decodeURIComponent(link), /subject=alice@example\.test: /)
  }
})

test('notice: what is not hidden is not offered to be shown; an unknown language is English', () => {
  const text = utf8(composeNotice({ ...notice, language: 'tlh', hidden: 0 }))
  assert.match(text, /^Content-Language: en\r$/m)
  assert.doesNotMatch(text, /--show-hidden/)
})

test('notice: devices beyond those told are counted', () => {
  const devices = Array.from({ length: limits.toldDevices + 3 }, (_, index) => ({ ...device, client: `c${index}` }))
  const text = utf8(composeNotice({ ...notice, devices }))
  assert.equal(text.match(/^- POP3, c/gm)?.length, limits.toldDevices)
  assert.match(text, /^- and 3 more\r$/m)
})

test('notice: addresses of any kind', () => {
  const table: readonly (readonly [address: string, postmaster: string, inCommand: string])[] = [
    ['ünal@bücher.test', 'postmaster@xn--bcher-kva.test', "'ünal@bücher.test'"],
    ["o'neil&x@example.test", 'postmaster@example.test', "'o'\\''neil&x@example.test'"],
    ['a+b@example.test', 'postmaster@example.test', 'a+b@example.test'],
  ]
  for (const [address, postmaster, inCommand] of table) {
    const text = utf8(composeNotice({ ...notice, address }))
    assert.ok(text.includes(`<${postmaster}>`), address)
    assert.ok(text.includes(`posthouse account pop3 ${inCommand} --retrieval imap`), address)
    assert.ok(text.includes(`mailto:${postmaster}?subject=${encodeURIComponent(address)}`), address)
  }
})
