import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasHost, policyLines, readStsPolicy, readStsRecord } from './mta-sts-policy.ts'

const records: readonly (readonly [texts: readonly string[], wanted: string | undefined])[] = [
  [['v=STSv1; id=20160831085700Z;'], '20160831085700Z'],
  [['v=STSv1;id=1'], '1'],
  [['v=STSv1 ;  a=b ; id=1 ;'], '1'],
  [['v=spf1 -all', 'v=STSv1; id=1'], '1'],
  [['v=STSv1; id=1', 'v=STSv1; id=1'], undefined],
  [['v=STSv10; id=1'], undefined],
  [['V=STSV1; id=1'], undefined],
  [[' v=STSv1; id=1'], undefined],
  [['v=STSv1; id=a_b'], undefined],
  [['v=STSv1; id='], undefined],
  [[`v=STSv1; id=${'1'.repeat(33)}`], undefined],
  [['v=STSv1'], undefined],
  [['v=STSv1;'], undefined],
  [[], undefined],
]
for (const [texts, wanted] of records)
  test(`the id of ${JSON.stringify(texts)} is ${wanted}`, () => assert.equal(readStsRecord(texts), wanted))

const line = (text: string) => text.replaceAll('|', '\r\n')
const policies: readonly (readonly [text: string, wanted: string])[] = [
  [
    'version: STSv1|mode: enforce|mx: mail.far.test|mx: *.Far.test|max_age: 86400|',
    'enforce mail.far.test *.far.test 86400',
  ],
  ['version:STSv1\nmode:testing\nmx:mail.far.test\nmax_age:1', 'testing mail.far.test 1'],
  ['max_age: 5|mode: none|version: STSv1', 'none  5'],
  ['version: STSv1|mode: none|mode: enforce|max_age: 5|max_age: 6', 'none  5'],
  [
    'version: STSv1|mode: enforce|mx: mail.far.test.|max_age: 9999999999|x-new: 1|nothing',
    'enforce mail.far.test 31557600',
  ],
  ['version: STSv1|mode: enforce|mx: bücher.test|max_age: 5', 'enforce xn--bcher-kva.test 5'],
  ['', 'it is of no version that is known'],
  ['version: STSv2|mode: none|max_age: 5', 'it is of no version that is known'],
  ['version: STSv1|mode: strict|max_age: 5', 'it has no mode that is known'],
  ['version: STSv1|mode: none', 'it has no max_age'],
  ['version: STSv1|mode: none|max_age: -1', 'it has no max_age'],
  ['version: STSv1|mode: none|max_age: 99999999999', 'it has no max_age'],
  ['version: STSv1|mode: enforce|max_age: 5', 'it names no mail host'],
  ['version: STSv1|mode: enforce|mx: a b|max_age: 5', 'it has mx lines that cannot be read'],
  ['version: STSv1|mode: enforce|mx: mail.*.test|max_age: 5', 'it has mx lines that cannot be read'],
  [`version: STSv1|mode: enforce|${'mx: a.test|'.repeat(201)}max_age: 5`, 'it has mx lines that cannot be read'],
  ['<html>', 'it is of no version that is known'],
]
for (const [text, wanted] of policies) {
  test(`${JSON.stringify(text.slice(0, 80))}: ${wanted}`, () => {
    const read = readStsPolicy(line(text), 'x')
    assert.equal(
      typeof read === 'string' ? read : `${read.mode} ${read.patterns.join(' ')} ${read.maxAgeSeconds}`,
      wanted,
    )
  })
}

test('a policy has the hosts that its patterns fit', () => {
  const policy = { id: '1', mode: 'enforce', patterns: ['mail.far.test', '*.wild.test'], maxAgeSeconds: 5 } as const
  const hosts = ['mail.far.test', 'MAIL.far.test', 'a.wild.test', 'a.b.wild.test', 'wild.test', 'other.test']
  assert.deepEqual(
    hosts.filter(host => hasHost(policy, host)),
    ['mail.far.test', 'MAIL.far.test', 'a.wild.test'],
  )
  assert.deepEqual(policyLines(policy), [
    'version: STSv1',
    'mode: enforce',
    'mx: mail.far.test',
    'mx: *.wild.test',
    'max_age: 5',
  ])
})
