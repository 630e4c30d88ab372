// Our delivery reports as Python's mail library reads them, which is none of ours: each golden one of src/mail/golden/dsn.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../support/program.ts'

const folder = join(import.meta.dirname, '../../src/mail/golden/dsn')

const reader = `
import email, email.policy, json, sys
report = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
parts = list(report.iter_parts())
words, status, returned = parts
# message/global-delivery-status (RFC 6533) it does not know: to it, that is any message.
groups = status.get_payload() if status.is_multipart() else None
print(json.dumps({
  'type': report.get_content_type(),
  'report': report.get_param('report-type'),
  'defects': [str(d) for part in [report, *parts] for d in part.defects],
  'types': [part.get_content_type() for part in parts],
  'to': str(report['to']),
  'words': words.get_content(),
  'groups': [dict((k.lower(), str(v)) for k, v in group.items()) for group in groups],
}))
`

interface Read {
  readonly type: string
  readonly report: string
  readonly defects: readonly string[]
  readonly types: readonly string[]
  readonly to: string
  readonly words: string
  readonly groups: readonly Readonly<Record<string, string>>[]
}

for (const file of readdirSync(folder).filter(name => name.endsWith('.eml')))
  test(file, async () => {
    const octets = readFileSync(join(folder, file))
    const { stdout } = await run('/usr/bin/python3', ['-c', reader], {
      input: octets,
      environment: { PYTHONIOENCODING: 'utf-8' },
    })
    const read: Read = JSON.parse(stdout.toString())
    assert.equal(`${read.type} ${read.report}`, 'multipart/report delivery-status')
    assert.deepEqual(read.defects, [])
    assert.match(read.types.join(' '), /^text\/plain message\/(global-)?delivery-status (message|text)\/\S+$/)
    assert.match(read.words, /^This is the mail server mail\.example\.test\./)
    if (read.types[1] !== 'message/delivery-status') return
    const [ofMessage, ...recipients] = read.groups
    assert.equal(ofMessage?.['reporting-mta'], 'dns; mail.example.test')
    const told = JSON.parse(readFileSync(join(folder, file.replace(/eml$/, 'json')), 'utf8')).recipients
    assert.equal(recipients.length, told?.length ?? 1)
    for (const [index, group] of recipients.entries()) {
      const { action, status, by } = told?.[index] ?? { action: 'failed', status: '5.1.1' }
      assert.equal(group['action'], action === 'expired' ? 'failed' : action)
      assert.equal(group['status'], status)
      assert.equal(group['remote-mta'], by === undefined ? undefined : `dns; ${by}`)
    }
  })
