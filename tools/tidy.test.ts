import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { readTree, type Tree, tidy } from './tidy.ts'

test('the project keeps its own shape', () => {
  const findings = tidy(readTree(join(import.meta.dirname, '..')))
  assert.deepEqual(
    findings.map(({ file, line, message }) => `${file}:${line}: ${message}`),
    [],
  )
})

const head = '// A file.\n'
const faults: readonly (readonly [why: string, tree: Record<string, string>, wanted: RegExp])[] = [
  [
    'an import from a higher floor',
    { 'src/text/a.ts': `${head}import '#store/b.ts'\n`, 'src/store/b.ts': head },
    /may not import store/,
  ],
  [
    'an import of a type counts too',
    { 'src/text/a.ts': `${head}import type { B } from '#store/b.ts'\n`, 'src/store/b.ts': head },
    /may not import store/,
  ],
  [
    'two folders of one floor',
    { 'src/imap/a.ts': `${head}import { b } from '#pop3/b.ts'\n`, 'src/pop3/b.ts': head },
    /stand on one floor/,
  ],
  [
    'wire formats of one floor',
    { 'src/wire/imap/a.ts': `${head}import { b } from '#wire/sasl/b.ts'\n`, 'src/wire/sasl/b.ts': head },
    /stand on one floor/,
  ],
  [
    'a path upwards',
    { 'src/imap/a.ts': `${head}import { b } from '../text/b.ts'\n`, 'src/text/b.ts': head },
    /import '#text\/b.ts'/,
  ],
  [
    "a test's support in what is no test",
    { 'src/text/a.ts': `${head}import { c } from '../../test/support/c.ts'\n`, 'test/support/c.ts': head },
    /across folders/,
  ],
  [
    'a hash path inside a folder',
    { 'src/text/a.ts': `${head}import { b } from '#text/b.ts'\n`, 'src/text/b.ts': head },
    /inside a folder/,
  ],
  [
    'a circle',
    { 'src/text/a.ts': `${head}import './b.ts'\n`, 'src/text/b.ts': `${head}import './a.ts'\n` },
    /a circle/,
  ],
  [
    'a system module in a pure folder',
    { 'src/wire/imap/a.ts': `${head}import { readFileSync } from 'node:fs'\n` },
    /is pure/,
  ],
  ['an import of nothing', { 'src/text/a.ts': `${head}import './b.ts'\n` }, /is not there/],
  ['a drawer', { 'src/text/utils.ts': head, 'src/utils/a.ts': head }, /a drawer/],
  ['an index file', { 'src/text/index.ts': head }, /a drawer/],
  ['a name in camel case', { 'src/text/someThing.ts': head }, /kebab-case/],
  ['a folder without a floor', { 'src/cellar/a.ts': head }, /no floor/],
  ['a file without a head', { 'src/text/a.ts': 'export const a = 1\n' }, /head comment/],
  ['a file too long', { 'src/text/a.ts': head + '\n'.repeat(401) }, /wants to be two/],
  [
    'a dependency nobody decided on',
    { 'package.json': '{"dependencies":{"left-pad":"1"}}' },
    /no line in docs\/decisions/,
  ],
  ['a dead link', { 'docs/a.md': '[b](b.md)' }, /leads nowhere/],
  ['a promise', { 'src/text/a.ts': `${head}// TO${'DO'}: the rest\n` }, /finish it/],
]

for (const [why, files, wanted] of faults) {
  test(`tidy finds ${why}`, () => {
    const tree: Tree = new Map(Object.entries(files))
    assert.match(
      tidy(tree)
        .map(finding => finding.message)
        .join('\n'),
      wanted,
    )
  })
}

test('tidy lets a higher floor import a lower one, and a test what it needs', () => {
  const tree: Tree = new Map([
    ['src/store/a.ts', `${head}import { b } from '#text/b.ts'\n`],
    ['src/text/b.ts', head],
    ['src/text/b.test.ts', `import { a } from '#store/a.ts'\nimport { c } from '../../test/support/c.ts'\n`],
    ['test/support/c.ts', head],
  ])
  assert.deepEqual(tidy(tree), [])
})
