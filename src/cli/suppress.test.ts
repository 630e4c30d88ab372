// The list of recipients that nothing is sent to, on an installation whose server does not run.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fakeTerminal } from './fake-terminal.ts'
import { run } from './run.ts'

const day = String.raw`\d{4}-\d\d-\d\d`

describe('posthouse suppress', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-suppress-'))
    await posthouse('domain add example.test')
    await posthouse('account add alice@example.test', 'long enough')
  })
  after(async () => await rm(folder, { recursive: true }))

  const posthouse = async (line: string, piped = '') => {
    const terminal = fakeTerminal({ folder, piped })
    const words = (line.match(/"[^"]*"|\S+/g) ?? []).map(word => word.replaceAll('"', ''))
    const code = await run([...words, '--data', folder], terminal)
    return {
      code,
      printed: terminal.printed,
      said: terminal.said,
      shown: [...terminal.printed, ...terminal.said].join('\n'),
    }
  }

  test('added, listed, removed', async () => {
    const steps: [string, number, RegExp][] = [
      ['suppress list', 0, /^none$/],
      ['suppress add bob@far.test', 64, /from whom is nothing to be sent there\?\nnext: name an account/],
      ['suppress add bob@far.test --account a@b --domain c', 64, /both given/],
      ['suppress add bob@far.test --domain other.test', 65, /there is no domain other\.test here/],
      ['suppress add bob@far.test --account nobody@example.test', 67, /there is no account nobody@example\.test/],
      ['suppress add bob --domain example.test', 65, /"bob" is no mail address/],
      ['suppress add bob@far.test --domain example.test --for 5', 64, /--for "5" is no time/],
      [
        'suppress add Bob@far.test --domain example.test --reason "asked us"',
        0,
        /^Bob@far\.test: nothing more from all of example\.test$/,
      ],
      [
        'suppress add bob@far.test --account alice@example.test --for 30d',
        0,
        new RegExp(`from alice@example.test until ${day}$`),
      ],
      ['suppress add bob@FAR.test --account alice@example.test', 0, /from alice@example\.test \(it was on the list; /],
      [
        'suppress list bob@far.test',
        0,
        new RegExp(
          `^recipient +not from +reason +since +until\nBob@far.test +all of example.test +manual +${day} +- +asked us\nbob@FAR.test +alice@example.test +manual +${day} +-$`,
        ),
      ],
      ['suppress list --account alice@example.test', 0, /^recipient.*\nbob@FAR\.test .*$/],
      ['suppress list --domain other.test', 65, /there is no domain other\.test here/],
      ['suppress list eve@far.test', 0, /^none$/],
      ['suppress remove eve@far.test', 65, /eve@far\.test is on no list\nnext: /],
      [
        'suppress remove bob@far.test --domain example.test',
        0,
        /^Bob@far\.test: off the list of all of example\.test \(it was there for: manual, asked us\)$/,
      ],
      ['suppress remove bob@far.test --domain example.test', 65, /is not on that list/],
      ['suppress remove bob@far.test', 0, /^bob@FAR\.test: off the list of alice@example\.test/],
      ['suppress list', 0, /^none$/],
    ]
    for (const [line, code, wanted] of steps) {
      const ended = await posthouse(line)
      assert.equal(ended.code, code, `${line}: ${ended.shown}`)
      assert.match(ended.shown, wanted, line)
    }
  })

  test('imported, with complaints by line; exported, and read again', async () => {
    const rows = [
      'email,type,note',
      'a@far.test,bounce,550 5.1.1 no',
      'not an address,bounce,',
      '"b@far.test",Spam,"she, twice"',
    ]
    await writeFile(join(folder, 'list.csv'), `${rows.join('\n')}\n`)
    const dry = await posthouse('suppress import list.csv --domain example.test --dry-run')
    assert.equal(dry.code, 65)
    assert.match(
      dry.shown,
      /^2 could be imported, 1 not taken\nline 3: "not an address" is no mail address\nnothing was changed$/,
    )
    const taken = await posthouse('suppress import list.csv --domain example.test')
    assert.match(taken.shown, /^2 added, 0 were there already, 1 not taken\nline 3: /)
    const again = await posthouse('suppress import list.csv --domain example.test --json')
    assert.deepEqual(again.printed, ['{"read":2,"added":0,"replaced":2,"refused":1}'])
    const exported = await posthouse('suppress export --domain example.test')
    assert.match(
      exported.shown,
      /^recipient,reason,source,detail,added,expires\na@far\.test,unknown,import,550 5\.1\.1 no,/,
    )
    await writeFile(join(folder, 'again.csv'), exported.printed.join('\r\n'))
    const copied = await posthouse('suppress import again.csv --account alice@example.test')
    assert.deepEqual([copied.code, copied.shown], [0, '2 added, 0 were there already, 0 not taken'])
    const json = await posthouse('suppress export --account alice@example.test --json')
    const { added: _, ...first } = JSON.parse(json.printed[0] ?? '')
    assert.deepEqual(first, { recipient: 'a@far.test', reason: 'unknown', source: 'import', detail: '550 5.1.1 no' })
    const table: [string, number, RegExp][] = [
      ['suppress import none.csv --domain example.test', 65, /there is no file none\.csv\nnext: /],
      ['suppress import list.csv', 64, /onto whose list\?/],
      ['suppress import list.csv --account nobody@example.test', 67, /there is no account/],
      ['suppress export', 64, /whose list\?/],
      [
        'suppress export --domain example.test --format xml',
        64,
        /--format "xml" is none that is known here\nnext: csv or ndjson/,
      ],
    ]
    for (const [line, code, wanted] of table) {
      const ended = await posthouse(line)
      assert.equal(ended.code, code, `${line}: ${ended.shown}`)
      assert.match(ended.shown, wanted, line)
    }
  })

  test('an account that is removed takes its list with it', async () => {
    assert.equal((await posthouse('account remove alice@example.test')).code, 0)
    await posthouse('account add alice@example.test', 'long enough')
    assert.match((await posthouse('suppress list --account alice@example.test')).shown, /^none$/)
  })
})
