import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { printOauthBearerError, printXoauth2Error, readOauthBearer, readXoauth2 } from './bearer-message.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text.replaceAll('^', '\u0001'))

const oauthBearer: readonly [name: string, text: string, wanted: string | undefined][] = [
  [
    'the RFC’s own',
    'n,a=user@example.com,^host=server.example.com^port=143^auth=Bearer vF9dft4qmTc2Nvb3R^^',
    'user@example.com vF9dft4qmTc2Nvb3R',
  ],
  ['without a user', 'n,,^auth=Bearer a.b-c_d==^^', ' a.b-c_d=='],
  ['the scheme in any case', 'n,,^auth=bearer abc^^', ' abc'],
  ['the client could bind', 'y,,^auth=Bearer abc^^', ' abc'],
  ['a comma in the user', 'n,a=a=2Cb@example.test,^auth=Bearer abc^^', 'a,b@example.test abc'],
  ['channel binding', 'p=tls-exporter,,^auth=Bearer abc^^', undefined],
  ['an = in the user', 'n,a=a=b,^auth=Bearer abc^^', undefined],
  ['no token', 'n,,^auth=Bearer ^^', undefined],
  ['another scheme', 'n,,^auth=Basic abc^^', undefined],
  ['no auth', 'n,,^host=x^^', undefined],
  ['two auths', 'n,,^auth=Bearer abc^auth=Bearer abd^^', undefined],
  ['one mark at the end', 'n,,^auth=Bearer abc^', undefined],
  ['a field without =', 'n,,^auth=Bearer abc^x^^', undefined],
  ['only the dummy', '^', undefined],
  ['a user without end', `n,a=${'a'.repeat(1025)},^auth=Bearer abc^^`, undefined],
  ['nothing', '', undefined],
  ['a token without end', `n,,^auth=Bearer ${'a'.repeat(8200)}^^`, undefined],
]

for (const [name, text, wanted] of oauthBearer) {
  test(`oauthbearer: ${name}`, () => {
    if (wanted === undefined) return assert.throws(() => readOauthBearer(bytes(text)), ParseError)
    const { user, token } = readOauthBearer(bytes(text))
    assert.equal(`${user} ${token}`, wanted)
  })
}

const xoauth2: readonly [name: string, text: string, wanted: string | undefined][] = [
  [
    'as documented',
    'user=someuser@example.com^auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg^^',
    'someuser@example.com ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg',
  ],
  ['without a user', 'user=^auth=Bearer abc^^', undefined],
  ['a user without end', `user=${'a'.repeat(1025)}^auth=Bearer abc^^`, undefined],
  ['no user', 'auth=Bearer abc^^', undefined],
  ['one mark at the end', 'user=a^auth=Bearer abc^', undefined],
  ['no token', 'user=a^auth=Bearer^^', undefined],
  ['as OAUTHBEARER', 'n,a=a,^auth=Bearer abc^^', undefined],
  ['nothing', '', undefined],
]

for (const [name, text, wanted] of xoauth2) {
  test(`xoauth2: ${name}`, () => {
    if (wanted === undefined) return assert.throws(() => readXoauth2(bytes(text)), ParseError)
    const { user, token } = readXoauth2(bytes(text))
    assert.equal(`${user} ${token}`, wanted)
  })
}

test('what a client with a bad token is told', () => {
  assert.deepEqual(JSON.parse(printOauthBearerError('https://login.example.test/')), {
    status: 'invalid_token',
    scope: 'openid email',
    'openid-configuration': 'https://login.example.test/.well-known/openid-configuration',
  })
  assert.deepEqual(JSON.parse(printXoauth2Error()), { status: '401', schemes: 'bearer', scope: 'openid email' })
})
