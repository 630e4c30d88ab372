// Logins besides those that are always there, in a configuration file.

import { z } from 'zod'
import { defaultAuth } from './defaults.ts'
import { limits } from './limits.ts'
import { listOf, path, strict, yesOrNo } from './schema-values.ts'

const text = (wanted: string) => z.string({ error: wanted }).min(1, { error: wanted })

const oauth = strict('oauth', {
  issuer: text('wanted the issuer as its tokens name it, like "https://login.example.com/"'),
  audience: text('wanted the audience that a token for this server names'),
  keys: path,
  claim: text('wanted the name of the claim that holds the address').default('email'),
}).transform(({ keys, ...given }) => ({ ...given, keysPath: keys }))

const fingerprint = 'wanted the SHA-256 of a certificate: 64 digits, with or without colons'
const wantedAccounts = 'wanted fingerprints of certificates, each with the address of an account'
const accounts = z
  .record(
    z.string().transform((given, context) => {
      const digits = given.replaceAll(':', '').toLowerCase()
      if (/^[0-9a-f]{64}$/.test(digits)) return digits
      context.issues.push({ code: 'custom', message: fingerprint, input: given })
      return z.NEVER
    }),
    text('wanted the address of an account').regex(/.@./, { error: 'wanted the address of an account' }),
    { error: issue => (issue.code === 'invalid_key' ? fingerprint : wantedAccounts) },
  )
  .refine(given => Object.keys(given).length <= limits.certificates, {
    error: `wanted at most ${limits.certificates} certificates`,
  })

export const auth = strict('auth', {
  scramSha1: yesOrNo(defaultAuth.scramSha1),
  oauth: oauth.optional(),
  clientCertificates: strict('clientCertificates', {
    authorities: listOf(path, 'PEM files'),
    accounts: accounts.default({}),
  }).prefault({}),
}).transform(given => ({ ...given, oauth: given.oauth }))
