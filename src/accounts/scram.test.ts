// SCRAM's arithmetic and messages against the RFCs' own exchanges.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printServerFinal, printServerFirst, readClientFinal, readClientFirst } from '#wire/sasl/scram-message.ts'
import { decoyKeys, deriveKeys, isProven, saltOf, serverSignature } from './scram.ts'
import { printKeys, readKeys, type ScramMechanism } from './scram-keys.ts'

const exchanges: readonly [
  rfc: string,
  mechanism: ScramMechanism,
  salt: string,
  clientFirst: string,
  serverFirst: string,
  clientFinal: string,
  serverFinal: string,
][] = [
  [
    'RFC 5802 5',
    'SCRAM-SHA-1',
    'QSXCR+Q6sek8bf92',
    'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
    'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  ],
  [
    'RFC 7677 3',
    'SCRAM-SHA-256',
    'W22ZaJ0SNY7soEsUEjb6gQ==',
    'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  ],
]

for (const [rfc, mechanism, salt, clientFirst, serverFirst, clientFinal, serverFinal] of exchanges) {
  test(`scram: the exchange of ${rfc}`, async () => {
    const first = readClientFirst(Buffer.from(clientFirst))
    const final = readClientFinal(Buffer.from(clientFinal))
    assert.equal(first.user, 'user')
    const iterations = 4096
    const keys = await deriveKeys({ mechanism, password: 'pencil', salt: Uint8Array.fromBase64(salt), iterations })
    assert.equal(printServerFirst({ ...keys, nonce: final.nonce }), serverFirst)
    const authMessage = `${first.bare},${serverFirst},${final.withoutProof}`
    assert.ok(isProven(keys, authMessage, final.proof))
    assert.equal(printServerFinal(serverSignature(keys, authMessage)), serverFinal)

    assert.ok(!isProven(keys, `${authMessage}.`, final.proof))
    assert.ok(!isProven(keys, authMessage, final.proof.subarray(1)))
    assert.ok(!isProven(keys, authMessage, Uint8Array.of(...final.proof, 0)))
    const others = await deriveKeys({ mechanism, password: 'Pencil', salt: keys.salt, iterations })
    assert.ok(!isProven(others, authMessage, final.proof))
  })
}

test('scram: keys as text, as RFC 5803 has them, and back', async () => {
  const salt = Uint8Array.fromBase64('W22ZaJ0SNY7soEsUEjb6gQ==')
  const keys = await deriveKeys({ mechanism: 'SCRAM-SHA-256', password: 'pencil', salt, iterations: 4096 })
  const text =
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU='
  assert.equal(printKeys(keys), text)
  assert.equal(printKeys(readKeys(text) ?? keys), text)
  for (const broken of ['', 'SCRAM-MD5$1:eA==$eA==:eA==', 'SCRAM-SHA-256$4096:eA==$eA==', `${text}:eA==`])
    assert.equal(readKeys(broken), undefined, broken)
})

test('scram: a name has the same salt each time, another name, mechanism or installation another', () => {
  const secret = Buffer.alloc(32, 1)
  const salt = saltOf('SCRAM-SHA-256', secret, 'a@b.test')
  assert.equal(salt.length, 16)
  assert.deepEqual(saltOf('SCRAM-SHA-256', secret, 'a@b.test'), salt)
  assert.notDeepEqual(saltOf('SCRAM-SHA-256', secret, 'b@b.test'), salt)
  assert.notDeepEqual(saltOf('SCRAM-SHA-1', secret, 'a@b.test'), salt)
  assert.notDeepEqual(saltOf('SCRAM-SHA-256', Buffer.alloc(32, 2), 'a@b.test'), salt)
})

test('scram: the keys of nobody look like others', () => {
  for (const [mechanism, octets] of [
    ['SCRAM-SHA-256', 32],
    ['SCRAM-SHA-1', 20],
  ] as const) {
    const keys = decoyKeys({ mechanism, salt: Buffer.alloc(16), iterations: 4096 }, Buffer.alloc(32))
    assert.deepEqual([keys.storedKey.length, keys.serverKey.length, keys.iterations], [octets, octets, 4096])
  }
})
