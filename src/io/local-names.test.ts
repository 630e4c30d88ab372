// localhost is this machine, whatever DNS says.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixedDns } from './fixed-dns.ts'
import { withLocalNames } from './local-names.ts'

test('localhost and what is below it are this machine, other names are asked for', async () => {
  const dns = withLocalNames(fixedDns({ addresses: { 'localhost.example.org': ['192.0.2.1'] } }))
  const table: [string, 4 | 6 | undefined, readonly string[]][] = [
    ['localhost', undefined, ['127.0.0.1', '::1']],
    ['LOCALHOST.', 4, ['127.0.0.1']],
    ['mail.localhost', 6, ['::1']],
    ['localhost.example.org', undefined, ['192.0.2.1']],
    ['notlocalhost', undefined, []],
  ]
  for (const [name, family, wanted] of table) {
    const answer = await dns.addresses(name, family)
    assert.deepEqual(answer.kind === 'found' ? answer.records : [], wanted, name)
  }
})
