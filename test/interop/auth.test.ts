// Real clients log in by every mechanism that they and we have: swaks, msmtp, gsasl (GNU SASL's own client) and curl, by SMTP, IMAP and POP3.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { standardListeners } from '#config/defaults.ts'
import { ClientFolder, type Finished, run } from '../support/program.ts'
import { alice, bob, type RunningServer, startServer } from '../support/running-server.ts'

const issuer = 'https://login.example.test'
const wrong = { ...alice, password: 'not-hers' } as const

let server: RunningServer
let token: string
const folder = new ClientFolder()
const file = (name: string): string => join(folder.path, name)

before(async () => {
  token = await signedToken()
  await makeCertificate()
  server = await startServer({
    config: offset => ({
      hostname: 'localhost',
      listeners: standardListeners.map(one => ({ ...one, host: '127.0.0.1', port: one.port + offset })),
      tls: { ownAuthority: ['localhost', '127.0.0.1'] },
      auth: {
        scramSha1: true,
        oauth: { issuer, audience: 'mail', keys: file('keys.json') },
        clientCertificates: { authorities: [file('authority.pem')] },
      },
    }),
  })
})
after(async () => {
  await server?.[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

/** Of alice, and the keys to check it by. Short: msmtp's configuration takes lines of 500 characters. */
async function signedToken(): Promise<string> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA')
  const key = { ...(await exportJWK(publicKey)), kid: '1', alg: 'EdDSA' }
  writeFileSync(file('keys.json'), JSON.stringify({ keys: [key] }))
  const claims = new SignJWT({ email: alice.address }).setIssuer(issuer).setAudience('mail').setExpirationTime('1h')
  return await claims.setProtectedHeader({ alg: 'EdDSA', kid: '1' }).sign(privateKey)
}

/** An authority for clients, and a certificate of alice's. */
async function makeCertificate(): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const inFolder = { folder: folder.path }
  const authority = ['-subj', '/CN=clients', '-keyout', 'authority-key.pem', '-out', 'authority.pem']
  await run('openssl', ['req', '-x509', ...key, ...authority], inFolder)
  const names = ['-addext', `subjectAltName=email:${alice.address}`, '-addext', 'extendedKeyUsage=clientAuth']
  const signer = ['-CA', 'authority.pem', '-CAkey', 'authority-key.pem', '-addext', 'basicConstraints=CA:FALSE']
  const own = ['-subj', '/CN=alice', '-keyout', 'alice-key.pem', '-out', 'alice.pem']
  await run('openssl', ['req', '-x509', ...key, ...names, ...signer, ...own], inFolder)
}

for (const mode of ['implicit', 'starttls'] as const) {
  const port = () => (mode === 'implicit' ? server.ports.submissions : server.ports.submission)

  describe(`submission, ${mode} TLS`, () => {
    function swaks(mechanism: string, { password }: { readonly password: string }, codes: readonly number[]) {
      const tls = [mode === 'implicit' ? '--tls-on-connect' : '--tls', '--tls-ca-path', server.caPath, '--tls-verify']
      const login = ['--auth', mechanism, '--auth-user', alice.address, '--auth-password', password]
      const envelope = ['--from', alice.address, '--to', bob.address]
      return run('swaks', ['--server', server.host, '--port', String(port()), ...tls, ...login, ...envelope], { codes })
    }
    for (const mechanism of ['PLAIN', 'LOGIN']) {
      test(`swaks: ${mechanism}, right and wrong`, async () => {
        assert.match(String((await swaks(mechanism, alice, [0])).stdout), /<~ +235 2\.7\.0/)
        assert.match(String((await swaks(mechanism, wrong, [28])).stdout), /<~\* 535 5\.7\.8/) // 28: it could not log in
      })
    }

    function msmtp(mechanism: string, password: string, codes: readonly number[] = [0]): Promise<Finished> {
      const certificate =
        mechanism === 'external' ? [`tls_cert_file ${file('alice.pem')}`, `tls_key_file ${file('alice-key.pem')}`] : []
      const lines = [
        'account default',
        'host localhost',
        `port ${port()}`,
        `auth ${mechanism}`,
        `user ${alice.address}`,
        `password ${password}`,
        `from ${alice.address}`,
        'tls on',
        `tls_starttls ${mode === 'starttls' ? 'on' : 'off'}`,
        `tls_trust_file ${server.caPath}`,
        ...certificate,
        '',
      ]
      const path = folder.write('msmtprc', lines.join('\n'))
      return run('msmtp', ['-C', path, bob.address], { input: 'Subject: hello\n\nhello\n', codes })
    }
    for (const mechanism of ['plain', 'login', 'scram-sha-1', 'scram-sha-256']) {
      test(`msmtp: ${mechanism}, right and wrong`, async () => {
        await msmtp(mechanism, alice.password)
        assert.match((await msmtp(mechanism, wrong.password, [77])).stderr, /535/) // 77: EX_NOPERM
      })
    }
    for (const mechanism of ['oauthbearer', 'xoauth2']) {
      test(`msmtp: ${mechanism}, right and wrong`, async () => {
        await msmtp(mechanism, token)
        assert.match((await msmtp(mechanism, `${token}x`, [77])).stderr, /authentication failed/)
      })
    }
    test('msmtp: external', async () => void (await msmtp('external', '')))
  })
}

describe('imap', () => {
  function gsasl(words: readonly string[], codes: readonly number[] = [0]): Promise<Finished> {
    const where = [`--connect=localhost:${server.ports.imap}`, '--imap', `--x509-ca-file=${server.caPath}`]
    return run('gsasl', [...where, ...words], { codes })
  }
  const asAlice = (mechanism: string, { password }: { readonly password: string } = alice) => [
    '-m',
    mechanism,
    '-a',
    alice.address,
    '-p',
    password,
  ]

  for (const mechanism of ['PLAIN', 'LOGIN', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS']) {
    test(`gsasl: ${mechanism}, right and wrong`, async () => {
      assert.match(String((await gsasl(asAlice(mechanism))).stdout), /^\. OK \[CAPABILITY .*Logged in/m)
      assert.match(String((await gsasl(asAlice(mechanism, wrong), [1])).stdout), /^\. NO \[AUTHENTICATIONFAILED\]/m)
    })
  }

  // Left with the means to bind, gsasl 2.2.0 uses -PLUS or nothing.
  for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-1']) {
    test(`gsasl without channel binding: ${mechanism}`, async () => {
      const { stdout } = await gsasl(['--no-cb', ...asAlice(mechanism)])
      assert.match(String(stdout), /^\. OK \[CAPABILITY .*Logged in/m)
    })
  }

  test('gsasl under TLS 1.2 is offered no -PLUS', async () => {
    const { stdout } = await gsasl(['--priority=NORMAL:-VERS-TLS1.3', ...asAlice('PLAIN')])
    assert.match(String(stdout), /AUTH=SCRAM-SHA-256 /)
    assert.doesNotMatch(String(stdout), /-PLUS/)
  })

  test('gsasl: EXTERNAL, with the certificate and without', async () => {
    const certificate = [`--x509-cert-file=${file('alice.pem')}`, `--x509-key-file=${file('alice-key.pem')}`]
    const external = ['-m', 'EXTERNAL', '-z', alice.address]
    assert.match(String((await gsasl([...certificate, ...external])).stdout), /^\. OK \[CAPABILITY .*Logged in/m)
    assert.match(String((await gsasl([...certificate, '-m', 'EXTERNAL', '-z', bob.address], [1])).stdout), /^\. NO /m)
    assert.doesNotMatch(String((await gsasl(external, [1])).stdout), /AUTH=EXTERNAL/)
  })
})

for (const protocol of ['imaps', 'pop3s'] as const) {
  describe(protocol, () => {
    /** 67: it could not log in. */
    function curl(mechanism: string, words: readonly string[], codes: readonly number[] = [0]): Promise<Finished> {
      const login = ['-u', `${alice.address}:`, '--login-options', `AUTH=${mechanism}`]
      const url = `${protocol}://localhost:${server.ports[protocol]}/`
      return run('curl', ['-sS', '--cacert', server.caPath, ...login, ...words, url], { codes })
    }
    for (const mechanism of ['OAUTHBEARER', 'XOAUTH2']) {
      test(`curl: ${mechanism}, right and wrong`, async () => {
        await curl(mechanism, ['--oauth2-bearer', token])
        await curl(mechanism, ['--oauth2-bearer', `${token}x`], [67])
      })
    }
    test('curl: EXTERNAL, with the certificate and without', async () => {
      await curl('EXTERNAL', ['--cert', file('alice.pem'), '--key', file('alice-key.pem')])
      await curl('EXTERNAL', [], [67])
    })
  })
}
