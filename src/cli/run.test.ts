// The commands on an installation whose server does not run, in this process: what they print, say and end with.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { lockFolder } from '#io/sql/folder-lock.ts'
import { TemporaryQueue } from '#queue/temporary-queue.ts'
import { Greylist } from '#throttle/greylist.ts'
import { commands } from './commands.ts'
import { type FakeTerminal, fakeTerminal, type Typed } from './fake-terminal.ts'
import { run } from './run.ts'

interface Ended extends Pick<FakeTerminal, 'printed' | 'said'> {
  readonly code: number
}

describe('the command line', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-cli-'))
  })
  after(async () => await rm(folder, { recursive: true }))

  /** Splits at spaces; `D` is the data folder. */
  const posthouse = async (line: string, typed: Omit<Typed, 'folder'> = {}): Promise<Ended> => {
    const terminal = fakeTerminal({ folder, ...typed })
    const words = line.split(' ').filter(word => word !== '')
    const code = await run(
      words.map(word => (word === 'D' ? join(folder, 'data') : word)),
      terminal,
    )
    return { code, printed: terminal.printed, said: terminal.said }
  }

  test('an installation from nothing: domain, account, alias, quota', async () => {
    const steps: [string, Omit<Typed, 'folder'>, number, string[]][] = [
      ['domain list --data D', {}, 78, []],
      ['domain add example.test --data D', {}, 0, ['example.test added']],
      ['domain add example.test --data D', {}, 65, []],
      ['domain add 192.0.2.1 --data D', {}, 65, []],
      ['domain add Other.test. --data D', {}, 0, ['Other.test added']],
      ['domain remove other.test --with-accounts --data D', {}, 0, ['other.test removed, with 0 accounts']],
      ['account add alice@example.test --data D', { piped: 'long enough' }, 0, ['alice@example.test added']],
      ['account add bob@example.test --data D', { piped: '' }, 65, []],
      ['account add bob@elsewhere.test --data D', { piped: 'long enough' }, 65, []],
      ['account add bob@example.test --quota lots --data D', { piped: 'long enough' }, 65, []],
      [
        'account add bob@example.test --quota 2MB --data D',
        { answers: ['long enough', 'long enough'] },
        0,
        ['bob@example.test added'],
      ],
      ['account passwd bob@example.test --data D', { answers: ['one', 'another'] }, 65, []],
      ['account passwd bob@example.test --data D', { answers: [undefined] }, 65, []],
      ['account passwd nobody@example.test --data D', { answers: [] }, 67, []],
      ['alias add @example.test alice@example.test --data D', {}, 0, ['@example.test leads to alice@example.test']],
      ['alias list --data D', {}, 0, ['alias          leads to', '@example.test  alice@example.test']],
      ['alias remove x@example.test --data D', {}, 65, []],
      [
        'account grant alice@example.test boss@example.test --data D',
        {},
        0,
        ['alice@example.test may send as boss@example.test'],
      ],
      ['account grant alice@example.test boss@example.test --data D', {}, 65, []],
      ['account grant alice@example.test boss --data D', {}, 65, []],
      ['account grant nobody@example.test boss@example.test --data D', {}, 67, []],
      ['account grant alice@example.test @other.test --data D', {}, 0, ['alice@example.test may send as @other.test']],
      [
        'account revoke alice@example.test @other.test --data D',
        {},
        0,
        ['alice@example.test may send as @other.test no more'],
      ],
      ['account revoke alice@example.test @other.test --data D', {}, 65, []],
      [
        'account hide alice@example.test compress,UIDONLY --data D',
        {},
        0,
        ['COMPRESS, UIDONLY: hidden from alice@example.test'],
      ],
      ['account hide alice@example.test none --data D', {}, 0, ['nothing is hidden from alice@example.test']],
      ['account hide alice@example.test IMAP4rev1 --data D', {}, 65, []],
      ['account hide alice@example.test nothing --data D', {}, 65, []],
      ['account hide nobody@example.test MOVE --data D', {}, 67, []],
      [
        'acl set alice@example.test INBOX bob@example.test read --data D',
        {},
        0,
        ['INBOX of alice@example.test: bob@example.test lrs'],
      ],
      [
        'acl set alice@example.test INBOX anyone p --negative --data D',
        {},
        0,
        ['INBOX of alice@example.test: -anyone p'],
      ],
      [
        'acl list alice@example.test --data D',
        {},
        0,
        ['mailbox  who               rights', 'INBOX    -anyone           p', 'INBOX    bob@example.test  lrs'],
      ],
      [
        'acl given bob@example.test --data D',
        {},
        0,
        ['owner               mailbox  rights', 'alice@example.test  INBOX    lrs'],
      ],
      ['acl given alice@example.test --data D', {}, 0, []],
      ['acl given nobody@example.test --data D', {}, 67, []],
      ['acl set alice@example.test INBOX bob@example.test 7 --data D', {}, 65, []],
      ['acl set alice@example.test Nowhere bob@example.test read --data D', {}, 65, []],
      ['acl set alice@example.test INBOX alice@example.test read --data D', {}, 65, []],
      [
        'acl remove alice@example.test INBOX bob@example.test --data D',
        {},
        0,
        ['INBOX of alice@example.test: removed bob@example.test lrs'],
      ],
      ['acl remove alice@example.test INBOX bob@example.test --data D', {}, 65, []],
      ['account devices bob@example.test --data D', {}, 0, []],
      ['account devices nobody@example.test --data D', {}, 67, []],
      [
        'account pop3 bob@example.test --data D',
        {},
        0,
        [
          'POP3 deletes  delete (auto: nothing but POP3 was used in the last 30 days)',
          'retrieval     any',
          'language      en',
        ],
      ],
      [
        'account pop3 bob@example.test --on-delete trash --retrieval pop3 --language de --data D',
        {},
        0,
        ['POP3 deletes  trash (set for this account)', 'retrieval     pop3', 'language      de'],
      ],
      ['account pop3 bob@example.test --on-delete burn --data D', {}, 64, []],
      ['account pop3 bob@example.test --retrieval smtp --data D', {}, 64, []],
      ['account pop3 bob@example.test --language tlh --data D', {}, 65, []],
      ['account pop3 nobody@example.test --retrieval any --data D', {}, 67, []],
      ['account pop3 bob@example.test --show-hidden --remove-hidden --data D', {}, 64, []],
      ['account pop3 bob@example.test --show-hidden --data D', {}, 0, ['0 messages shown to POP3 again']],
      ['account pop3 bob@example.test --remove-hidden --data D', {}, 0, ['0 messages removed']],
      [
        'account pop3 bob@example.test --on-delete default --retrieval default --language default --data D',
        {},
        0,
        [
          'POP3 deletes  delete (auto: nothing but POP3 was used in the last 30 days)',
          'retrieval     any',
          'language      en',
        ],
      ],
      ['greylist list --data D', {}, 0, []],
      ['queue list --data D', {}, 0, []],
      ['quota show bob@example.test --data D', {}, 0, ['bob@example.test  0 messages  0 B  of 2 MB']],
      ['quota set bob@example.test none --data D', {}, 0, ['bob@example.test  0 messages  0 B  no limit']],
      ['quota set bob@example.test --messages 5 --data D', {}, 0, ['bob@example.test  0 of 5 messages  0 B  no limit']],
      [
        'quota set bob@example.test 2MB --messages none --data D',
        {},
        0,
        ['bob@example.test  0 messages  0 B  of 2 MB'],
      ],
      ['quota set bob@example.test --messages few --data D', {}, 65, []],
      ['quota set bob@example.test --data D', {}, 64, []],
      ['account disable bob@example.test --data D', {}, 0, ['bob@example.test disabled']],
      ['account enable bob@example.test --data D', {}, 0, ['bob@example.test enabled']],
      ['account remove bob@example.test --data D', { answers: ['n'] }, 77, []],
      ['account remove bob@example.test --data D', { answers: ['y'] }, 0, ['bob@example.test removed']],
      ['account show bob@example.test --data D', {}, 67, []],
      ['domain remove example.test --data D', {}, 65, []],
      ['check --data D', {}, 0, []],
      ['status --data D', {}, 69, []],
    ]
    for (const [line, typed, code, printed] of steps) {
      const ended = await posthouse(line, typed)
      assert.deepEqual({ code: ended.code, printed: ended.printed }, { code, printed }, `${line}: ${ended.said}`)
      if (code !== 0) assert.match(ended.said.join('\n'), /^(?:[\s\S]*\n)?posthouse: /, line)
    }
  })

  test('--json: one object a line', async () => {
    const { printed } = await posthouse('account show alice@example.test --json --data D')
    assert.equal(printed.length, 1)
    const { createdAt, ...account } = JSON.parse(printed[0] ?? '')
    assert.equal(typeof createdAt, 'number')
    assert.deepEqual(account, {
      accountId: 1,
      address: 'alice@example.test',
      disabled: false,
      usedBytes: 0,
      limitBytes: null,
      messages: 0,
      limitMessages: null,
      aliases: ['@example.test'],
      forward: { targets: [], keepsCopy: true },
      sendAs: ['boss@example.test'],
      hidden: [],
      indexed: 0,
      reading: {
        address: 'alice@example.test',
        onDeleteSet: null,
        onDelete: 'delete',
        why: 'pop3-only',
        imapAt: null,
        retrieval: 'any',
        language: 'en',
        hiddenMessages: 0,
        hiddenBytes: 0,
      },
      devices: [],
    })
    const list = await posthouse('domain list --data D --json')
    assert.deepEqual(
      list.printed.map(line => JSON.parse(line).name),
      ['example.test'],
    )
  })

  test('a short password is taken, with a warning; the prompts show nothing of it', async () => {
    const { code, said } = await posthouse('account passwd alice@example.test --data D', {
      answers: ['short', 'short'],
    })
    assert.equal(code, 0)
    assert.match(said.join(' '), /^Password: {2}Once more: {2}warning: /)
    assert.doesNotMatch(said.join(' '), /short\b(?! )/)
  })

  test('a folder that another process has open: try again', async () => {
    const lock = lockFolder(join(folder, 'data'))
    assert.ok(lock)
    using _held = lock
    const { code, said } = await posthouse('account list --data D')
    assert.equal(code, 75)
    assert.match(said.join('\n'), /is open in another process\nnext: /)
  })

  test('a configuration file names the installation, and the one of the working folder is found', async () => {
    await writeFile(join(folder, 'mail.yaml'), 'hostname: a.test\ndata: data\ntls: { ownAuthority: [] }\n')
    const named = await posthouse('domain list --config mail.yaml --json')
    assert.equal(named.code, 0, named.said.join('\n'))
    assert.equal((await posthouse('domain list')).code, 64)
    assert.equal((await posthouse('config check')).code, 78)
    await writeFile(join(folder, 'posthouse.config.json'), '{ "hostname": "a.test", "tls": { "ownAuthority": [] } }')
    assert.deepEqual((await posthouse('domain list --json')).printed, named.printed)
    const shown = await posthouse('config show --json')
    assert.equal(JSON.parse(shown.printed[0] ?? '').data, join(folder, 'data'))
    assert.equal((await posthouse('config check')).code, 0)
    assert.equal((await posthouse('domain list --data D --config mail.yaml')).code, 64)
    await writeFile(join(folder, 'bad.yaml'), 'hostname: a.test\ntls: { certificates: [{ certificate: a, key: b }] }\n')
    const missing = await posthouse('config check --config bad.yaml')
    assert.equal(missing.code, 78)
    await writeFile(join(folder, 'worse.yaml'), 'hostname: a.test\n')
    const worse = await posthouse('config check --config worse.yaml')
    assert.equal(worse.code, 78)
    assert.match(worse.said.join('\n'), /^worse\.yaml:1: tls: wanted .*\nnext: /)
    const asData = await posthouse('config check --config worse.yaml --json')
    assert.equal(asData.code, 78)
    const { message, ...place } = JSON.parse(asData.printed[0] ?? '')
    assert.deepEqual(place, { file: 'worse.yaml', line: 1, key: 'tls' })
    assert.match(message, /^wanted /)
  })

  test('wrong usage ends with 64 and the way to the help', async () => {
    const table: [string, RegExp][] = [
      ['', /^posthouse: a complete mail server/],
      ['account', /account add/],
      ['acount add x', /did you mean "account add"\?/],
      ['account ad x', /there is no command "account ad"; did you mean "account add"\?/],
      ['account add', /ADDRESS is missing\nnext: posthouse account add --help/],
      ['account add a@b c@d', /"c@d" is one argument too many/],
      ['account add a@b --qota 5', /there is no option --qota; did you mean --quota\?/],
      ['account add a@b --quota', /--quota needs a value: --quota SIZE/],
      ['account add a@b --data --json', /--data needs a value: --data DIR/],
      ['domain list --data=', /--data needs a value: --data DIR/],
      ['account add a@b --json=yes', /--json takes no value/],
      ['account add a@b --data x --data y', /--data is given twice/],
      ['account add a@b --password x', /a password never stands on the command line/],
      ['dev --port-offset 70000', /--port-offset "70000" is no number from 0 to 64540/],
      ['dev --host localhost', /is no IP address/],
      ['dev --account alice:secret', /NAME@DOMAIN:PASSWORD/],
      ['dev --domain a..b', /"a..b" is no domain name/],
      ['explain 550 --data x', /explain takes no --data\nnext: posthouse explain --help/],
      ['explain hello', /there is no reply code in this/],
      ['explain', /there is no reply code in this/],
      ['dev --config x', /dev takes no --config/],
    ]
    for (const [line, wanted] of table) {
      const { code, printed, said } = await posthouse(line)
      assert.equal(code, 64, line)
      assert.deepEqual(printed, [], line)
      assert.match(said.join('\n'), wanted, line)
    }
  })

  test('who waits in the greylist is shown and let in', async () => {
    const data = join(folder, 'waiting')
    await mkdir(data)
    const place = await TemporaryQueue.open({ folder: data, clock: manualClock(Date.now()) })
    const { database, clock } = place.needs
    const greylist = await Greylist.open({ database, clock })
    await greylist.ask({
      address: '192.0.2.7',
      sender: 'codes@bank.test',
      recipients: [{ accountId: 1, address: 'alice@example.test' }],
    })
    await place[Symbol.asyncDispose]()
    const minute = String.raw`\d{4}-\d\d-\d\d \d\d:\d\dZ`
    const table: [string, number, RegExp][] = [
      ['greylist list', 0, new RegExp(`\ncodes@bank.test  alice@example.test  192.0.2.0/24  ${minute}  ${minute}$`)],
      ['greylist allow', 64, /who is to be let in\?/],
      ['greylist allow codes@bank.test --all', 64, /--all goes with nothing else/],
      ['greylist allow other@bank.test', 65, /nobody waits whom this fits/],
      ['greylist allow --network 10.0.0.0/8', 64, /nobody waits under "10\.0\.0\.0\/8"[\s\S]*next: write it like 192/],
      ['greylist allow --network lan', 64, /nobody waits under "lan"/],
      ['greylist allow --network 10.1.2.0/24', 65, /nobody waits whom this fits/],
      ['greylist allow <>', 65, /nobody waits whom this fits/],
      ['greylist allow codes@bank.test --network 192.0.2.200', 0, /^1 let in: the next try passes$/],
      ['greylist list', 0, /^none$/],
    ]
    for (const [line, code, wanted] of table) {
      const ended = await posthouse(`${line} --data waiting`)
      const shown = [...ended.printed, ...ended.said].join('\n')
      assert.equal(ended.code, code, `${line}: ${shown}`)
      assert.match(shown, wanted, line)
    }
  })

  test('options may stand before, between and after the words', async () => {
    for (const line of ['--data D domain list', 'domain --data D list', 'domain list --data D'])
      assert.equal((await posthouse(line)).code, 0, line)
  })

  test('every command has a help, with a real example that it would take', async () => {
    for (const { name, load } of commands) {
      const { command } = await load()
      assert.equal(command.name, name)
      const { code, printed } = await posthouse(`${name} --help`)
      assert.equal(code, 0, name)
      assert.match(printed[0] ?? '', new RegExp(`^posthouse ${name}`))
      assert.ok(command.examples.length > 0, name)
      for (const example of command.examples) assert.match(example, new RegExp(`posthouse ${name} `), name)
      assert.deepEqual((await posthouse(`help ${name}`)).printed, printed, name)
    }
    for (const line of ['--help', '-h', 'account -h', 'account help']) {
      const { code, said } = await posthouse(line)
      assert.deepEqual({ code, said }, { code: 0, said: [] }, line)
    }
    assert.deepEqual((await posthouse('dev -h')).printed, (await posthouse('dev --help')).printed)
    assert.doesNotMatch((await posthouse('dev --help')).printed.join('\n'), /--config/)
    assert.match((await posthouse('--version')).printed[0] ?? '', /^posthouse \d+\.\d+\.\d+$/)
    assert.equal(existsSync(join(folder, 'mail')), false)
  })
})
