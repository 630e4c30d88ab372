// Configuration files: the same keys in four languages, and complaints that name file, line, and what was wanted.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Config, ListenerConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { devConfig } from './dev.ts'
import { loadConfig } from './load.ts'
import { printConfig } from './show.ts'

const yaml = `
hostname: mail.example.com
data: /var/lib/posthouse
listeners:
  - { protocol: mx, port: 25, host: 192.0.2.1, proxyFrom: [192.0.2.0/28], xclientFrom: [192.0.2.9/32] }
  - { protocol: imap, port: 993, host: '::1' }
  - { protocol: lmtp, path: run/lmtp.sock, mode: '0600' }
dns: { address: 127.0.0.1 }
limits: { messageBytes: 10 MB, recipients: 50, quotaGraceMs: 2 d, undeleteMs: 30 d }
receive:
  bareLineEnds: normalise
  tarpit: { firstMs: 2 s }
  greylist: { delayMs: 10 min }
  requireReverseName: true
  blocklists: [{ zone: zen.example.org, link: 'https://example.org/{address}' }, { zone: BL.example.net }]
  refuseContent: [{ field: subject, contains: pills }]
  dmarcReject: junk
throttles:
  trustedNetworks: [10.0.0.0/8]
  login: { firstBanMs: 1 h }
  recipients: { perHourPerAccount: 100 }
imap: { hide: [{ client: Stumbler, version: '2.', capabilities: [compress=deflate] }, { capabilities: [UNAUTHENTICATE] }], messageLimit: 1000 }
pop3: { onDelete: hide, marksSeen: true, loginDelayMs: 90 s }
language: de
auth:
  scramSha1: true
  oauth: { issuer: 'https://login.example.com/', audience: mail, keys: keys.json }
  clientCertificates: { authorities: [ca.pem], accounts: { '${'AB:'.repeat(31)}AB': alice@example.com } }
tls: { certificates: [{ certificate: tls/cert.pem, key: /etc/key.pem }] }
`
const json = `{
  "hostname": "mail.example.com",
  "data": "/var/lib/posthouse",
  "listeners": [
    { "protocol": "mx", "port": 25, "host": "192.0.2.1", "proxyFrom": ["192.0.2.0/28"], "xclientFrom": ["192.0.2.9/32"] },
    { "protocol": "imap", "port": 993, "host": "::1" },
    { "protocol": "lmtp", "path": "run/lmtp.sock", "mode": "0600" }
  ],
  "dns": { "address": "127.0.0.1" },
  "limits": { "messageBytes": 10000000, "recipients": 50, "quotaGraceMs": 172800000, "undeleteMs": 2592000000 },
  "receive": {
    "bareLineEnds": "normalise",
    "tarpit": { "firstMs": 2000 },
    "greylist": { "delayMs": 600000 },
    "requireReverseName": true,
    "blocklists": [{ "zone": "zen.example.org", "link": "https://example.org/{address}" }, { "zone": "bl.example.net" }],
    "refuseContent": [{ "field": "subject", "contains": "pills" }],
    "dmarcReject": "junk"
  },
  "throttles": {
    "trustedNetworks": ["10.0.0.0/8"],
    "login": { "firstBanMs": 3600000 },
    "recipients": { "perHourPerAccount": 100 }
  },
  "imap": {
    "hide": [
      { "client": "Stumbler", "version": "2.", "capabilities": ["COMPRESS=DEFLATE"] },
      { "capabilities": ["UNAUTHENTICATE"] }
    ],
    "messageLimit": 1000
  },
  "pop3": { "onDelete": "hide", "marksSeen": true, "loginDelayMs": 90000 },
  "language": "de",
  "auth": {
    "scramSha1": true,
    "oauth": { "issuer": "https://login.example.com/", "audience": "mail", "keys": "keys.json", "claim": "email" },
    "clientCertificates": { "authorities": ["ca.pem"], "accounts": { "${'ab'.repeat(32)}": "alice@example.com" } }
  },
  "tls": { "certificates": [{ "certificate": "tls/cert.pem", "key": "/etc/key.pem" }] }
}`
const javascript = `import { defineConfig } from 'posthouse'\nexport default defineConfig(${json})\n`
const typescript = `import { defineConfig } from 'posthouse'\nconst port: number = 25\nexport default defineConfig(${json.replace('"port": 25', '"port": port')})\n`

const noFront = { proxyFrom: [], xclientFrom: [], xforwardFrom: [] }

function portOf(place: ListenerConfig['place']): number | undefined {
  return 'port' in place ? place.port : undefined
}

describe('configuration files', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-config-'))
  })
  after(async () => await rm(folder, { recursive: true }))

  const load = async (name: string, text: string): Promise<Config> => {
    const path = join(folder, name)
    await writeFile(path, text)
    return await loadConfig(path, name)
  }
  const complaints = async (name: string, text: string): Promise<readonly string[]> => {
    const error = await load(name, text).then(
      () => assert.fail(`${name} was taken`),
      error => error,
    )
    assert.ok(error instanceof ConfigError, String(error))
    return error.message.split('\n')
  }

  test('TypeScript, JavaScript, JSON and YAML say the same', async () => {
    const wanted = await load('a.yaml', yaml)
    assert.equal(wanted.data, '/var/lib/posthouse')
    assert.deepEqual(wanted.listeners, [
      {
        ...{ name: 'mx', protocol: 'mx', place: { host: '192.0.2.1', port: 25 }, tls: 'starttls' },
        ...{ proxyFrom: ['192.0.2.0/28'], xclientFrom: ['192.0.2.9/32'], xforwardFrom: [] },
      },
      { name: 'imaps', protocol: 'imap', place: { host: '::1', port: 993 }, tls: 'implicit', ...noFront },
      {
        ...{ name: 'lmtp', protocol: 'lmtp', place: { path: join(folder, 'run/lmtp.sock'), mode: 0o600 }, tls: 'none' },
        ...noFront,
      },
    ])
    assert.deepEqual(wanted.dns, { address: '127.0.0.1', port: 53, trusted: false })
    assert.equal(wanted.limits.messageBytes, 10_000_000)
    assert.equal(wanted.limits.quotaGraceMs, 172_800_000)
    assert.equal(wanted.limits.undeleteMs, 30 * 86_400_000)
    assert.deepEqual(wanted.receive, {
      bareLineEnds: 'normalise',
      bannerDelayMs: 0,
      tarpit: { after: 10, firstMs: 2_000, longestMs: 10_000 },
      greylist: {
        ...{ enabled: true, delayMs: 600_000, waitingMs: 86_400_000 },
        ...{ forgetMs: 36 * 86_400_000, writtenToMs: 730 * 86_400_000, mostWaiting: 100_000 },
      },
      requireReverseName: true,
      blocklists: [
        { zone: 'zen.example.org', link: 'https://example.org/{address}' },
        { zone: 'bl.example.net', link: undefined },
      ],
      refuseContent: [{ field: 'subject', contains: 'pills' }],
      authenticate: true,
      dmarcReject: 'junk',
    })
    assert.deepEqual(wanted.throttles.recipients, { perHourPerNetwork: 10_000, perHourPerAccount: 100 })
    assert.deepEqual(wanted.imap, {
      hide: [
        { client: 'Stumbler', version: '2.', capabilities: ['COMPRESS=DEFLATE'] },
        { client: undefined, version: undefined, capabilities: ['UNAUTHENTICATE'] },
      ],
      messageLimit: 1_000,
      saveLimit: undefined,
    })
    const { pop3 } = wanted
    assert.deepEqual(pop3, { onDelete: 'hide', retrieval: 'any', marksSeen: true, loginDelayMs: 90_000, notices: true })
    assert.equal(wanted.language, 'de')
    assert.deepEqual(wanted.auth, {
      scramSha1: true,
      oauth: {
        ...{ issuer: 'https://login.example.com/', audience: 'mail', claim: 'email' },
        keysPath: join(folder, 'keys.json'),
      },
      clientCertificates: {
        authorities: [join(folder, 'ca.pem')],
        accounts: { ['ab'.repeat(32)]: 'alice@example.com' },
      },
    })
    assert.equal(wanted.throttles.login.firstBanMs, 3_600_000)
    assert.equal(wanted.throttles.login.longestDelayMs, 16_000)
    const certificates = [{ certPath: join(folder, 'tls/cert.pem'), keyPath: '/etc/key.pem' }]
    assert.deepEqual(wanted.tls, { kind: 'files', certificates })
    assert.deepEqual(await load('a.json', json), wanted)
    assert.deepEqual(await load('a.js', javascript), wanted)
    assert.deepEqual(await load('a.ts', typescript), wanted)
  })

  test('what can be left out has a default', async () => {
    const config = await load('b.yaml', 'hostname: a.test\ntls: { ownAuthority: [a.test, 192.0.2.1] }\n')
    assert.equal(config.data, join(folder, 'data'))
    assert.deepEqual(
      config.listeners.map(({ name, place, tls }) => `${name} ${portOf(place)} ${tls}`),
      [
        'mx 25 starttls',
        'submissions 465 implicit',
        'submission 587 starttls',
        'imap 143 starttls',
        'imaps 993 implicit',
        'pop3 110 starttls',
        'pop3s 995 implicit',
      ],
    )
    assert.equal(config.dns, undefined)
    assert.equal(config.limits.messageBytes, 50_000_000)
    assert.equal(config.limits.recipients, 1_000)
    assert.equal(config.limits.quotaGraceMs, 7 * 86_400_000)
    assert.equal(config.limits.undeleteMs, 14 * 86_400_000)
    assert.equal(config.receive.bareLineEnds, 'refuse')
    assert.deepEqual(config.receive.greylist.enabled, true)
    assert.equal(config.receive.tarpit.firstMs, 1_000)
    assert.deepEqual([config.auth.scramSha1, config.auth.oauth], [false, undefined])
    assert.deepEqual(config.tls, { kind: 'own-authority', names: ['a.test', '192.0.2.1'] })
    assert.equal(config.log.level, 'info')
  })

  test('what `show` prints is a file that says the same', async () => {
    const dev = devConfig({ data: '/tmp/x', host: '127.0.0.1', portOffset: 2000, domains: ['example.test'] })
    for (const config of [await load('c.yaml', yaml), dev])
      assert.deepEqual(await load('shown.yaml', await printConfig(config)), config)
  })

  test('how mail leaves: a route with a password, whose file is beside the configuration, shown and read again', async () => {
    const text = `${[
      'hostname: a.test',
      'tls: { ownAuthority: [] }',
      'send:',
      '  routes:',
      '    office: { kind: smarthost, hosts: [{ host: relay.example.org }], credentials: { user: me, passwordFile: secret } }',
      '  rules: [{ recipientDomains: ["*.example.net"], route: office }]',
      '  schedule: { giveUpMs: 1 d }',
      '  tls: [{ domains: [bank.test], minimum: verified }]',
    ].join('\n')}\n`
    const config = await load('send.yaml', text)
    const { routes, rules } = config.send
    assert.deepEqual([Object.keys(routes), rules[0]?.route], [['direct', 'office'], 'office'])
    const { office } = routes
    assert.ok(office?.kind === 'smarthost')
    assert.deepEqual(office.credentials, { user: 'me', passwordPath: join(folder, 'secret') })
    assert.deepEqual([office.hosts, office.tls], [[{ host: 'relay.example.org', port: 587 }], 'starttls'])
    assert.equal(office.schedule.giveUpMs, 86_400_000)
    assert.deepEqual(await load('shown.yaml', await printConfig(config)), config)
    assert.deepEqual(await complaints('wrong.yaml', text.replace('route: office', 'route: ofice')), [
      'wrong.yaml:6: send.rules[0].route: no such route; there are direct, office, found "ofice"',
    ])
  })

  test('complaints about values name the line of the key', async () => {
    const head = 'hostname: a.test\ntls: { ownAuthority: [] }\n'
    const table: [string, string, string][] = [
      [
        'a.yaml',
        'hostnam: a.test\ntls: { ownAuthority: [] }\nhostname: a.test\n',
        'a.yaml:1: hostnam: no such key; did you mean hostname?',
      ],
      [
        'b.yaml',
        `${head}listeners:\n  - protocol: mx\n    port: 70000\n`,
        'b.yaml:5: listeners[0].port: wanted a whole number from 0 to 65535, found 70000',
      ],
      [
        'c.yaml',
        `${head}listeners:\n  - port: 25\n`,
        'c.yaml:4: listeners[0].protocol: wanted "mx", "submission", "lmtp", "imap" or "pop3", found nothing',
      ],
      [
        'd.yaml',
        `${head}listeners:\n  - { protocol: mx, port: 25 }\n  - { protocol: mx, port: 26 }\n`,
        'd.yaml:5: listeners[1]: two listeners are named "mx": give one of them a name of its own, found {"protocol":"mx","port":26}',
      ],
      [
        'e.yaml',
        `${head}throttles:\n  trustedNetworks:\n    - 10.0.0.0/8\n    - 10.0.0.0/40\n`,
        'e.yaml:6: throttles.trustedNetworks[1]: wanted a network, like "10.0.0.0/8", or "192.0.2.1/32" for one address, found "10.0.0.0/40"',
      ],
      [
        'f.yaml',
        'hostname: a.test\ntls: {}\n',
        'f.yaml:2: tls: wanted either certificates: [{ certificate, key }] or ownAuthority: [names], found {}',
      ],
      [
        'g.json',
        '{\n  "hostname": "a.test",\n  "tls": { "ownAuthority": [] },\n  "limits": {\n    "messageBytes": "lots"\n  }\n}',
        'g.json:5: limits.messageBytes: wanted a size: a number of bytes, or a text like "50 MB", found "lots"',
      ],
      [
        'h.ts',
        `// tls: not here\nexport default {\n  hostname: 'a.test',\n  tls: { ownAuthority: [] },\n  listeners: [\n    { protocol: 'mx', port: 25 }, // { , port: 0\n    { protocol: 'imap',\n      port: '143' },\n  ],\n}\n`,
        'h.ts:8: listeners[1].port: wanted a whole number from 0 to 65535, found "143"',
      ],
      [
        'i.ts',
        `const limits = { recipients: 10 }\nexport default {\n  hostname: 'a.test',\n  tls: { ownAuthority: [] },\n  limits: { recipient: 5 },\n}\n`,
        'i.ts:5: limits.recipient: no such key; did you mean recipients?',
      ],
      [
        'j.yaml',
        `${head}listeners:\n  - { protocol: mx, port: 25, host: 0.0.0.0 }\n  - { protocol: imap, port: 25, host: 192.0.2.1 }\n`,
        'j.yaml:5: listeners[1]: port 25 of 192.0.2.1 is taken by the listener "mx", found {"protocol":"imap","port":25,"host":"192.0.2.1"}',
      ],
      [
        'k.yaml',
        'hostname: 192.0.2.1\ntls: { ownAuthority: [] }\n',
        'k.yaml:1: hostname: wanted a host name, like "mail.example.com", found "192.0.2.1"',
      ],
    ]
    for (const [name, text, wanted] of table) assert.deepEqual(await complaints(name, text), [wanted])
    const front: [string, string][] = [
      ['{ protocol: lmtp }', 'port: wanted a port, or the path of a unix socket (lmtp), found nothing'],
      ['{ protocol: lmtp, port: 25 }', 'port: LMTP may not be on port 25; 24 is usual, found 25'],
      ['{ protocol: imap, path: x }', 'path: a unix socket is for lmtp; this protocol wants a port, found "x"'],
      ['{ protocol: lmtp, path: x, port: 24 }', 'port: a listener has either a path, or a port and a host, found 24'],
      ['{ protocol: lmtp, port: 24, mode: "0600" }', 'mode: a mode goes with the path of a unix socket, found "0600"'],
      [
        '{ protocol: lmtp, path: x, mode: 660 }',
        'mode: wanted the mode of the socket as a text, like "0660", found 660',
      ],
      [
        '{ protocol: lmtp, path: x, xforwardFrom: [127.0.0.1/32] }',
        'xforwardFrom: who comes by a unix socket is of no network, found ["127.0.0.1/32"]',
      ],
      [
        '{ protocol: imap, port: 143, tls: none }',
        'tls: only lmtp does without TLS; wanted "implicit" or "starttls", found "none"',
      ],
      [
        '{ protocol: imap, port: 143, xclientFrom: [10.0.0.1/32] }',
        'xclientFrom: this is for mx, submission and lmtp, found ["10.0.0.1/32"]',
      ],
      [
        '{ protocol: mx, port: 25, proxyFrom: [10.0.0.1] }',
        'proxyFrom[0]: wanted a network, like "10.0.0.0/8", or "192.0.2.1/32" for one address, found "10.0.0.1"',
      ],
      [
        '{ protocol: lmtp, path: x }\n  - { protocol: lmtp, path: x, name: y }',
        ': x is taken by the listener "lmtp", found {"protocol":"lmtp","path":"x","name":"y"}',
      ],
    ]
    for (const [listener, wanted] of front) {
      const line = listener.includes('\n') ? 5 : 4
      const key = wanted.startsWith(':') ? 'listeners[1]' : 'listeners[0].'
      assert.deepEqual(await complaints('front.yaml', `${head}listeners:\n  - ${listener}\n`), [
        `front.yaml:${line}: ${key}${wanted}`,
      ])
    }
    const rules: [string, string][] = [
      [
        'greylist: { delayMs: soon }',
        'greylist.delayMs: wanted a time: a number of milliseconds, or a text like "15 min", found "soon"',
      ],
      ['greylist: { enabled: "yes" }', 'greylist.enabled: wanted true or false, found "yes"'],
      [
        'greylist: { delayMs: 2 d }',
        'greylist.waitingMs: wanted a time longer than delayMs: nobody would ever pass, found nothing',
      ],
      [
        'blocklists: [{ zone: zen }]',
        'blocklists[0].zone: wanted the name of a list, like "zen.spamhaus.org", found "zen"',
      ],
      ['blocklists: [zen.x.org]', 'blocklists[0]: wanted a blocklist with the keys zone, link, found "zen.x.org"'],
      [
        'refuseContent: [{ field: "a b", contains: x }]',
        'refuseContent[0].field: wanted the name of a header field, like "subject", found "a b"',
      ],
      ['bareLineEnds: keep', 'bareLineEnds: wanted "refuse" or "normalise", found "keep"'],
      ['dmarcReject: drop', 'dmarcReject: wanted "refuse" or "junk", found "drop"'],
      ['tarpit: { first: 1 }', 'tarpit.first: no such key; tarpit has after, firstMs, longestMs'],
    ]
    const auth: [string, string][] = [
      ['oauth: { issuer: x, audience: y }', 'oauth.keys: wanted the path of a file, found nothing'],
      [
        'clientCertificates: { accounts: { ab12: a@b.test } }',
        'clientCertificates.accounts.ab12: wanted the SHA-256 of a certificate: 64 digits, with or without colons, found "a@b.test"',
      ],
    ]
    const hide: [string, string][] = [
      ['{ client: x, capabilities: [] }', 'hide[0].capabilities: wanted at least one capability, found []'],
      [
        '{ client: x, capabilities: [IMAP4rev1] }',
        'hide[0].capabilities[0]: wanted a capability that can be hidden, like "COMPRESS=DEFLATE", found "IMAP4rev1"',
      ],
      [
        '{ version: "2", capabilities: [IDLE] }',
        'hide[0].client: wanted the name of a mail program, as it gives it with ID, found nothing',
      ],
    ]
    const messageLimits: [string, string][] = [
      ['{ messageLimit: 999 }', '.messageLimit: wanted a whole number from 1000 to 10000000, found 999'],
      ['{ saveLimit: none }', '.saveLimit: wanted a whole number from 1000 to 10000000, found "none"'],
      [
        '{ messageLimit: 1000, saveLimit: 1000 }',
        ': wanted either messageLimit or saveLimit, found {"messageLimit":1000,"saveLimit":1000}',
      ],
    ]
    for (const [setting, wanted] of messageLimits)
      assert.deepEqual(
        await complaints(
          'imap.yaml',
          `${head}imap: ${setting}
`,
        ),
        [`imap.yaml:3: imap${wanted}`],
      )
    const pop3: [string, string][] = [
      ['onDelete: burn', 'onDelete: wanted "auto", "hide", "trash" or "delete", found "burn"'],
      ['retrieval: smtp', 'retrieval: wanted "any", "imap" or "pop3", found "smtp"'],
      ['notices: never', 'notices: wanted true or false, found "never"'],
      ['onDelet: hide', 'onDelet: no such key; did you mean onDelete?'],
    ]
    for (const [setting, wanted] of pop3)
      assert.deepEqual(await complaints('pop3.yaml', `${head}pop3:\n  ${setting}\n`), [`pop3.yaml:4: pop3.${wanted}`])
    assert.deepEqual(await complaints('language.yaml', `${head}language: tlh\n`), [
      'language.yaml:3: language: wanted a language: en or de, found "tlh"',
    ])
    for (const [rule, wanted] of hide)
      assert.deepEqual(await complaints('imap.yaml', `${head}imap:\n  hide: [${rule}]\n`), [
        `imap.yaml:4: imap.${wanted}`,
      ])
    for (const [setting, wanted] of auth)
      assert.deepEqual(await complaints('auth.yaml', `${head}auth:\n  ${setting}\n`), [`auth.yaml:4: auth.${wanted}`])
    for (const [rule, wanted] of rules)
      assert.deepEqual(await complaints('rules.yaml', `${head}receive:\n  ${rule}\n`), [
        `rules.yaml:4: receive.${wanted}`,
      ])
    assert.deepEqual(
      await complaints(
        'two.yaml',
        `${head}listeners: [{ protocol: mx, port: x }, { protocol: imap, port: 143, tls: none }]\n`,
      ),
      [
        'two.yaml:3: listeners[0].port: wanted a whole number from 0 to 65535, found "x"',
        'two.yaml:3: listeners[1].tls: only lmtp does without TLS; wanted "implicit" or "starttls", found "none"',
      ],
    )
    const free = `${head}listeners:\n  - { protocol: mx, port: 0 }\n  - { protocol: imap, port: 0 }\n  - { protocol: pop3, port: 25, host: 192.0.2.1 }\n  - { protocol: pop3, port: 25, host: '::1', name: other }\n`
    assert.equal((await load('free.yaml', free)).listeners.length, 4)
  })

  test('several complaints come together, in the order of the lines', async () => {
    const lines = await complaints('many.yaml', 'log: { level: loud }\ntls: 5\nstore: { engine: x }\n')
    assert.deepEqual(
      lines.map(line => line.split(' ')[0]),
      ['many.yaml:1:', 'many.yaml:1:', 'many.yaml:2:', 'many.yaml:3:'],
    )
  })

  test('files that cannot be read at all', async () => {
    const table: [string, string, RegExp][] = [
      ['a.yml', 'hostname: [\n', /^a\.yml:2: /],
      ['b.json', '{ "hostname": \n\n } }', /^b\.json:3: /],
      ['c.ts', 'export default {\n  hostname: here.there,\n}\n', /^c\.ts:2: it cannot be run: here is not defined$/],
      ['d.ts', 'export default {\n  hostname: ,\n}\n', /^d\.ts:2: it cannot be run: /],
      ['e.ts', 'export const config = {}\n', /^e\.ts: wanted `export default/],
      ['f.toml', '', /^f\.toml: wanted a file that ends in /],
      ['o.ts', "import x from './missing.ts'\nexport default x\n", /^o\.ts:1: it cannot be run: Cannot find module/],
      ['p.ts', "import 'node:os'\nimport 'no-such-package'\nexport default {}\n", /^p\.ts:2: it cannot be run: /],
      ['q.ts', '\nexport default 5\n', /^q\.ts:2: wanted the configuration .* found 5$/],
      ['k.yaml', 'hostname: *name\n', /^k\.yaml: Unresolved alias/],
      ['l.yaml', 'a: 1\n---\nb: 2\n', /^l\.yaml:2: wanted one document, found several$/],
      ['m.json', '{\n  "hostname": "a.test", // the name\n  "tls": {}\n}\n', /^m\.json:2: .* in JSON at position/],
      ['g.yaml', '', /^g\.yaml: wanted the configuration with the keys data, hostname, /],
    ]
    for (const [name, text, wanted] of table) assert.match((await complaints(name, text))[0] ?? '', wanted)
    await assert.rejects(loadConfig(join(folder, 'none.yaml'), 'none.yaml'), {
      message: 'none.yaml: there is no such file',
    })
  })
})

test('dev mode: standard ports plus the offset, one host, a certificate for every name of it', () => {
  const config = devConfig({ data: '/d', host: '127.0.0.5', portOffset: 2000, domains: ['a.test'] })
  assert.deepEqual(
    config.listeners.map(({ place }) => portOf(place)),
    [2025, 2465, 2587, 2143, 2993, 2110, 2995],
  )
  assert.ok(config.listeners.every(({ place }) => 'host' in place && place.host === '127.0.0.5'))
  const names = ['localhost', '127.0.0.1', '::1', '127.0.0.5', 'a.test']
  assert.deepEqual(config.tls, { kind: 'own-authority', names })
  assert.deepEqual(config.throttles.trustedNetworks, ['127.0.0.1/32', '::1/128'])
  const { greylist, tarpit, bannerDelayMs } = config.receive
  assert.deepEqual([greylist.enabled, tarpit.firstMs, bannerDelayMs], [false, 0, 0], 'nobody is made to wait')
})
