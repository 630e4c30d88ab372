// Tokens as an issuer signs them, and all that is wrong with others.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { type AccessTokens, accessTokens, TokenKeysError } from './access-tokens.ts'
import { limits } from './limits.ts'

const issuer = 'https://login.example.test'
const good = { iss: issuer, aud: 'mail', email: 'alice@example.test' }

type Claims = Readonly<Record<string, unknown>>

describe('access tokens', () => {
  let folder: string
  let keysPath: string
  let keys: Awaited<ReturnType<typeof generateKeyPair>>
  let tokens: AccessTokens
  const clock = manualClock()
  const nowSeconds = Math.floor(clock.now() / 1000)
  const log = memoryLog()

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-tokens-'))
    keysPath = join(folder, 'keys.json')
    keys = await generateKeyPair('ES256')
    await writeKeys(keys.publicKey, '1')
    tokens = await accessTokens({ issuer, audience: 'mail', keysPath, claim: 'email' }, { clock, log })
  })
  after(async () => await rm(folder, { recursive: true }))

  async function writeKeys(key: CryptoKey, kid: string): Promise<void> {
    await writeFile(keysPath, JSON.stringify({ keys: [{ ...(await exportJWK(key)), kid, alg: 'ES256' }] }))
  }

  async function signed(claims: Claims, key = keys.privateKey, kid = '1'): Promise<string> {
    const payload = { exp: nowSeconds + 3600, ...claims }
    return await new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid }).sign(key)
  }

  const table: readonly [name: string, claims: Claims, wanted: string | undefined][] = [
    ['good', good, 'alice@example.test'],
    ['for several audiences', { ...good, aud: ['web', 'mail'] }, 'alice@example.test'],
    ['of another issuer', { ...good, iss: `${issuer}/` }, undefined],
    ['for another audience', { ...good, aud: 'web' }, undefined],
    ['for nobody', { iss: issuer, email: good.email }, undefined],
    ['without an end', { ...good, exp: undefined }, undefined],
    ['just ended', { ...good, exp: nowSeconds - 20 }, 'alice@example.test'],
    ['ended', { ...good, exp: nowSeconds - 40 }, undefined],
    ['not yet begun', { ...good, nbf: nowSeconds + 60 }, undefined],
    ['without an address', { iss: issuer, aud: 'mail' }, undefined],
    ['with an address that is no text', { ...good, email: ['alice@example.test'] }, undefined],
    ['with a verified address', { ...good, email_verified: true }, 'alice@example.test'],
    ['with an address that nobody has verified', { ...good, email_verified: false }, undefined],
  ]
  for (const [name, claims, wanted] of table)
    test(`a token ${name}`, async () => assert.equal(await tokens.addressIn(await signed(claims)), wanted))

  test('another key under the same name, no signature, a shared secret, no token', async () => {
    const other = await generateKeyPair('ES256')
    assert.equal(await tokens.addressIn(await signed(good, other.privateKey)), undefined)
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = part({ ...good, exp: nowSeconds + 3600 })
    assert.equal(await tokens.addressIn(`${part({ alg: 'none' })}.${claims}.`), undefined)
    const head = part({ alg: 'HS256', kid: '1' })
    const mac = createHmac('sha256', JSON.stringify(await exportJWK(keys.publicKey))).update(`${head}.${claims}`)
    assert.equal(await tokens.addressIn(`${head}.${claims}.${mac.digest('base64url')}`), undefined)
    for (const token of ['', 'x', 'a.b.c', 'opaque-token'])
      assert.equal(await tokens.addressIn(token), undefined, token)
  })

  test('another claim, which may hold an address that is not marked as verified', async () => {
    const settings = { issuer, audience: 'mail', keysPath, claim: 'upn' }
    const byName = await accessTokens(settings, { clock, log })
    const claims = { ...good, upn: 'bob@example.test', email_verified: false }
    assert.equal(await byName.addressIn(await signed(claims)), 'bob@example.test')
  })

  test('a new key is found in the file, which is not read too often; a broken file leaves the keys from before', async () => {
    const next = await generateKeyPair('ES256')
    await writeKeys(next.publicKey, '2')
    clock.advance(limits.tokenKeysAgainMs)
    assert.equal(await tokens.addressIn(await signed(good, next.privateKey, '2')), good.email)
    const third = await generateKeyPair('ES256')
    await writeKeys(third.publicKey, '3')
    assert.equal(await tokens.addressIn(await signed(good, third.privateKey, '3')), undefined)
    await writeFile(keysPath, 'no JSON')
    clock.advance(limits.tokenKeysAgainMs)
    assert.equal(await tokens.addressIn(await signed(good, third.privateKey, '3')), undefined)
    assert.ok(log.events.some(({ event }) => event === 'accounts.oauth.keys-kept'))
    assert.equal(await tokens.addressIn(await signed(good, next.privateKey, '2')), good.email)
  })

  test('a file of keys that can’t be used is named', async () => {
    await writeFile(keysPath, '{"keys":1}')
    for (const path of [keysPath, join(folder, 'missing.json')]) {
      const settings = { issuer, audience: 'mail', keysPath: path, claim: 'email' }
      await assert.rejects(accessTokens(settings, { clock, log }), (error: unknown) => {
        return error instanceof TokenKeysError && error.message.startsWith(path)
      })
    }
  })
})
