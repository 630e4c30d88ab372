// The step that probe smtp names when a host cannot be used.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextAfter } from './probe-smtp.ts'

const unreached = { address: '192.0.2.1', try: tried(null, '*** 192.0.2.1: no answer\n') }
const silent = { address: '192.0.2.1', try: tried('192.0.2.1:25', '=== Connected\n') }
const refusing = { address: '192.0.2.1', try: tried('192.0.2.1:25', '<** 554 no\n') }
const nameless = { address: '', try: tried(null, '') }

function tried(address: string | null, transcript: string) {
  return { at: 0, tookMs: 1, host: 'mx.far.test', address, tls: null, transcript }
}

test('the step after a host that cannot be used', () => {
  const table: [port: number, tls: string, probe: typeof unreached, wanted: RegExp | undefined][] = [
    [25, 'starttls', unreached, /port 25, the network lets nothing out there: a smarthost/],
    [587, 'starttls', unreached, undefined],
    [25, 'starttls', nameless, undefined],
    [25, 'starttls', refusing, undefined],
    [25, 'starttls', silent, /--tls implicit/],
    [25, 'implicit', silent, undefined],
  ]
  for (const [port, tls, probe, wanted] of table) {
    const next = nextAfter({ host: 'mx.far.test', port, tls }, [probe])
    if (wanted === undefined) assert.equal(next, undefined)
    else assert.match(next ?? '', wanted)
  }
  assert.equal(nextAfter({ host: 'mx.far.test', port: 25, tls: 'starttls' }, [unreached, refusing]), undefined)
})
