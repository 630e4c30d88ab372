// openssl s_client and testssl.sh look at the TLS of every port: versions, names, tickets, renegotiation, and what testssl.sh would count down.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ClientFolder, type Finished, run } from '../support/program.ts'
import { alice, type RunningServer, startServer } from '../support/running-server.ts'

interface Service {
  readonly name: keyof RunningServer['ports']
  /** What s_client and testssl.sh call the protocol; undefined: TLS from the first octet. */
  readonly starttls: 'smtp' | 'imap' | 'pop3' | undefined
  /** Makes the server end the session. */
  readonly farewell: string
}

const quit = 'QUIT\r\n'
const logout = 'z LOGOUT\r\n'
const services: readonly Service[] = [
  { name: 'smtp', starttls: 'smtp', farewell: quit },
  { name: 'submissions', starttls: undefined, farewell: quit },
  { name: 'submission', starttls: 'smtp', farewell: quit },
  { name: 'imap', starttls: 'imap', farewell: logout },
  { name: 'imaps', starttls: undefined, farewell: logout },
  { name: 'pop3', starttls: 'pop3', farewell: quit },
  { name: 'pop3s', starttls: undefined, farewell: quit },
]
const [mx, , submission] = services as [Service, Service, Service]

let server: RunningServer
const folder = new ClientFolder()
before(async () => {
  server = await startServer({ accounts: [alice] })
})
after(async () => {
  await server[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

interface Meeting {
  readonly words?: readonly string[]
  readonly input?: string
  readonly caPath?: string
  readonly at?: RunningServer
}

/** A handshake by s_client, the farewell, and all that it printed. A certificate that it doesn't trust ends it. */
async function meet(
  { name, starttls, farewell }: Service,
  meeting: Meeting = {},
): Promise<Finished & { text: string }> {
  const { words = [], input = farewell, at = server, caPath = at.caPath } = meeting
  // Without it s_client takes a line that begins with Q or R for a command of its own, and ends with its input.
  const passesOn = input === farewell ? ['-ign_eof'] : []
  const finished = await run(
    'openssl',
    [
      's_client',
      '-connect',
      `${at.host}:${at.ports[name]}`,
      ...['-CAfile', caPath, '-verify_return_error', ...passesOn],
      ...(starttls === undefined ? [] : ['-starttls', starttls]),
      ...words,
    ],
    { input, codes: [0, 1], limitMs: 20_000 },
  )
  return { ...finished, text: `${finished.stdout}${finished.stderr}` }
}

describe('openssl s_client', () => {
  for (const service of services) {
    test(`${service.name}: TLS 1.2 and 1.3 with a certificate that holds, and a session after it`, async () => {
      for (const version of ['1.2', '1.3']) {
        const met = await meet(service, {
          words: [`-tls${version.replace('.', '_')}`, '-verify_hostname', 'localhost'],
        })
        assert.match(met.text, new RegExp(`^New, TLSv${version}, Cipher is (?!\\(NONE\\))`, 'm'))
        assert.match(met.text, /Verify return code: 0 \(ok\)/)
        assert.match(met.text, /^(?:221 |\* BYE|\+OK )/m)
        assert.equal(met.code, 0)
      }
    })

    test(`${service.name}: TLS 1.0 and 1.1 are refused`, async () => {
      for (const version of ['-tls1', '-tls1_1']) {
        const met = await meet(service, { words: [version, '-cipher', 'DEFAULT@SECLEVEL=0'] })
        assert.match(met.text, /alert protocol version/)
        assert.match(met.text, /Cipher is \(NONE\)/)
        assert.equal(met.code, 1)
      }
    })

    test(`${service.name}: renegotiation is refused`, async () => {
      const met = await meet(service, { words: ['-tls1_2'], input: 'R\n' })
      assert.match(met.text, /RENEGOTIATING$/m)
      assert.match(met.text, /no renegotiation/)
      assert.equal(met.code, 1)
    })
  }

  test('sessions are resumed, but not on port 25, where a ticket of TLS 1.3 lives for a second and none of 1.2 is given', async () => {
    for (const [service, isResumed] of [
      [mx, false],
      [submission, true],
    ] as const) {
      for (const version of ['1_2', '1_3']) {
        const kept = join(folder.path, `${service.name}-${version}.pem`)
        const first = await meet(service, { words: [`-tls${version}`, '-sess_out', kept] })
        const hints = [...first.text.matchAll(/ticket lifetime hint: (\d+)/g)].map(([, seconds]) => Number(seconds))
        if (isResumed) assert.ok(hints.length > 0 && hints.every(seconds => seconds >= 3_600), version)
        else assert.deepEqual([...new Set(hints)], version === '1_2' ? [] : [1])
        const second = await meet(service, { words: [`-tls${version}`, '-sess_in', kept] })
        assert.match(second.text, isResumed ? /^Reused, TLS/m : /^New, TLS/m, `${service.name} ${version}`)
      }
    }
  })

  test('the certificate is the one of the name that was asked for, else the first', async () => {
    const certificates = await Promise.all(['mx.one.test', 'mx.two.test'].map(selfSigned))
    await using named = await startServer({
      accounts: [],
      config: offset => ({
        hostname: 'mx.one.test',
        tls: { certificates },
        listeners: [
          { protocol: 'mx', host: '127.0.0.1', port: offset + 25 },
          { protocol: 'imap', host: '127.0.0.1', port: offset + 993, tls: 'implicit' },
        ],
      }),
    })
    const table: [servername: string, shown: number][] = [
      ['mx.one.test', 0],
      ['MX.Two.test', 1],
      ['mx.three.test', 0],
    ]
    for (const service of services.filter(({ name }) => name === 'smtp' || name === 'imaps')) {
      for (const [servername, shown] of table) {
        const caPath = certificates[shown]?.certificate ?? ''
        const met = await meet(service, { at: named, caPath, words: ['-servername', servername] })
        assert.match(met.text, /Verify return code: 0 \(ok\)/, servername)
      }
    }
  })
})

async function selfSigned(name: string): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = ['cert', 'key'].map(kind => join(folder.path, `${name}-${kind}.pem`)) as [string, string]
  const ask = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30']
  const about = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  await run('openssl', [...ask, ...about, '-keyout', key, '-out', certificate])
  return { certificate, key }
}

interface Finding {
  readonly id: string
  readonly severity: string
  readonly finding: string
}

/** What a private authority for a test name can't have: lists of what it took back. */
const ofTheTestCertificate = new Set(['cert_revocation'])

/** Of each section of the run at least one: a run that broke off has not found nothing. */
const mustBeThere = [
  ...['SSLv2', 'SSLv3', 'TLS1', 'TLS1_1', 'TLS1_2', 'TLS1_3', 'cipherlist_3DES_IDEA', 'cipherlist_STRONG', 'PFS'],
  ...['cipher_order', 'cert_trust', 'cert_chain_of_trust', 'cert_expirationStatus', 'heartbleed', 'CCS', 'ROBOT'],
  ...['secure_renego', 'secure_client_renego', 'CRIME_TLS', 'POODLE_SSL', 'SWEET32', 'FREAK', 'DROWN', 'LOGJAM'],
  ...['BEAST', 'LUCKY13', 'RC4'],
]

describe('testssl.sh', { concurrency: true }, () => {
  for (const { name, starttls } of services.slice(0, 3)) {
    test(`${name}: nothing of severity MEDIUM or above`, { timeout: 900_000 }, async () => {
      const findings = await findingsOf(name, starttls)
      const bad = findings.filter(({ severity }) => ['MEDIUM', 'HIGH', 'CRITICAL', 'FATAL'].includes(severity))
      assert.deepEqual(
        bad.filter(({ id }) => !ofTheTestCertificate.has(id)),
        [],
      )
      assert.deepEqual(
        mustBeThere.filter(id => !findings.some(finding => finding.id === id && finding.severity !== 'WARN')),
        [],
      )
    })
  }
})

/** Protocols, ciphers, forward secrecy, preferences, the certificate, and every vulnerability it knows; no DNS, no phoning out. */
async function findingsOf(name: Service['name'], starttls: Service['starttls']): Promise<readonly Finding[]> {
  const file = join(folder.path, `testssl-${name}.json`)
  const quietly = ['--quiet', '--color', '0', '--warnings', 'off', '--ip', server.host, '--nodns', 'none']
  const sections = ['-p', '-s', '-f', '-P', '-S', '-U']
  const protocol = starttls === undefined ? [] : ['--starttls', starttls]
  const where = `localhost:${server.ports[name]}`
  await run('testssl', [...quietly, '--add-ca', server.caPath, '--jsonfile', file, ...sections, ...protocol, where], {
    codes: Array.from({ length: 243 }, (_, count) => count), // how many findings; from 243 on its own errors
    limitMs: 900_000,
  })
  // The program is the author of this form.
  return JSON.parse(readFileSync(file, 'utf8')) as Finding[]
}
