import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { jsonLog } from './json-log.ts'
import { limits } from './limits.ts'
import type { LogLevel } from './log.ts'
import { memoryLog } from './memory-log.ts'

function linesAt(level: LogLevel) {
  const lines: Record<string, unknown>[] = []
  return { lines, log: jsonLog(level, { write: line => void lines.push(JSON.parse(line)) }) }
}

test('an event is one JSON object, with the fields of its log', () => {
  const { lines, log } = linesAt('info')
  log
    .with({ channel: 'c1' })
    .with({ protocol: 'imap' })
    .info('session.start', { port: 143, tls: false, user: undefined })
  const [line] = lines
  assert.equal(lines.length, 1)
  assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT.*Z$/)
  assert.deepEqual(
    { ...line, time: '' },
    { level: 'info', time: '', channel: 'c1', protocol: 'imap', port: 143, tls: false, event: 'session.start' },
  )
})

test('what is below the level is not written', () => {
  const { lines, log } = linesAt('warn')
  log.debug('a')
  log.info('b')
  log.warn('c')
  log.error('d')
  assert.deepEqual(
    lines.map(line => line['event']),
    ['c', 'd'],
  )
})

test('secrets do not reach a line, wherever they were given', () => {
  const { lines, log } = linesAt('debug')
  log.info('login', { user: 'alice', password: 'hunter2' })
  log.with({ token: 'hunter2' }).info('login')
  assert.equal(JSON.stringify(lines).includes('hunter2'), false)
  assert.equal(lines[0]?.['password'], '[secret]')
})

test('a line break in a field stays within its line', () => {
  const { lines, log } = linesAt('debug')
  log.info('mail.from', { sender: 'a\r\n{"event":"forged"}' })
  assert.equal(lines.length, 1)
})

const onStandardError = [
  { what: 'a process that ends in the same turn', last: 'process.exit(3)' },
  { what: 'one that throws', last: 'throw new Error("ended")' },
  { what: 'one that waits', last: 'setTimeout(() => {}, 1)' },
]

for (const { what, last } of onStandardError)
  test(`on standard error all lines come in their order: ${what}`, () => {
    const lines = `for (let n = 0; n < ${limits.logLinesAtOnce * 2 + 10}; n++) log[n % 100 === 50 ? 'warn' : 'info']('line', { n, password: 'hun' + 'ter2' })`
    const url = new URL('./json-log.ts', import.meta.url).href
    const code = `import { jsonLog } from ${JSON.stringify(url)}; const log = jsonLog('info'); ${lines}; ${last}`
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
    const found = stderr.split('\n').filter(line => line.startsWith('{'))
    const numbers = found.map(line => JSON.parse(line).n)
    assert.deepEqual(
      numbers,
      Array.from({ length: limits.logLinesAtOnce * 2 + 10 }, (_, n) => n),
    )
    assert.equal(stderr.includes('hunter2'), false)
  })

test('the memory log keeps what every log of it said', () => {
  const log = memoryLog()
  log.with({ id: 'c1' }).warn('refused', { reason: 'rate' })
  log.debug('plain')
  assert.deepEqual(log.events, [
    { level: 'warn', event: 'refused', fields: { id: 'c1', reason: 'rate' } },
    { level: 'debug', event: 'plain', fields: {} },
  ])
})
