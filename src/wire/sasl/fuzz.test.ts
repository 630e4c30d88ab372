// Whatever a client sends: a message is read, or ParseError is thrown, and nothing else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { readOauthBearer, readXoauth2 } from './bearer-message.ts'
import { readPlain } from './password-message.ts'
import { readClientFinal, readClientFirst } from './scram-message.ts'

const readers = { readPlain, readClientFirst, readClientFinal, readOauthBearer, readXoauth2 }
const seeds = [
  '\0alice\0secret',
  'p=tls-exporter,a=a=2Cb,n=us=3Der,r=fyko+d2lbbFgONRv9qkxdawL,x=y',
  'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
  'n,a=user@example.com,\u0001host=server.example.com\u0001auth=Bearer vF9dft4qmTc2Nvb3R\u0001\u0001',
  'user=user@example.com\u0001auth=Bearer vF9dft4qmTc2Nvb3R\u0001\u0001',
].map(text => new TextEncoder().encode(text))

test('sasl: messages with octets changed, dropped and doubled are read or refused', () => {
  const random = numbers(20_261_123)
  const counts = { read: 0, refused: 0 }
  for (let round = 0; round < 20_000; round += 1) {
    const message = changed(seeds[random(seeds.length)] ?? new Uint8Array(0), random)
    for (const [name, read] of Object.entries(readers)) {
      try {
        read(message)
        counts.read += 1
      } catch (error) {
        assert.ok(error instanceof ParseError, `${name} of ${message.toHex()}: ${error}`)
        counts.refused += 1
      }
    }
  }
  assert.ok(counts.read > 1_000 && counts.refused > 1_000, JSON.stringify(counts))
})

function changed(seed: Uint8Array, random: (below: number) => number): Uint8Array {
  const octets = [...seed]
  for (let change = random(4); change > 0; change -= 1) {
    const at = random(octets.length + 1)
    const octet = random(3) === 0 ? random(256) : (octets[random(octets.length)] ?? 0)
    octets.splice(at, random(2), ...(random(3) === 0 ? [] : [octet]))
  }
  return Uint8Array.from(octets)
}

/** A linear congruential generator: the same numbers in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
