// `npm run bench`: each figure that the docs name, with the machine, the goal and, where Postfix and Dovecot are installed, the ratio to them in the same run.
// Machines are shared and noisy: figures are medians of runs taken in turns. `-- --rows mx,retr` runs some rows, `-- --runs 5` more of each, `-- --write` puts the table into docs/benchmarks.md.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machine, median, thousands } from './measure.ts'
import { type Figure, rows } from './rows.ts'
import { postfixDovecotInstalled, startPostfixDovecot } from './servers/postfix-dovecot.ts'
import { startPosthouse } from './servers/posthouse.ts'
import type { ServerUnderTest } from './servers/server.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    runs: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
    alone: { type: 'boolean', default: false },
  },
})
const runs = Number(values.runs)
const wanted = values.rows?.split(',')
for (const name of wanted ?? [])
  if (!rows.some(row => row.name === name))
    throw new Error(`no row '${name}': there are ${rows.map(row => row.name).join(', ')}`)

await using ours = await startPosthouse()
await using peer = values.alone || !postfixDovecotInstalled() ? undefined : await startPostfixDovecot()

async function measure(row: (typeof rows)[number]): Promise<Figure> {
  const mine: number[] = []
  const theirs: number[] = []
  const prepare = async (server: ServerUnderTest | undefined) =>
    server === undefined ? undefined : await row.prepare?.(server)
  await prepare(ours)
  if (row.compared) await prepare(peer)
  for (let run = 0; run < runs; run += 1) {
    mine.push(await row.run(ours))
    if (row.compared && peer !== undefined) theirs.push(await row.run(peer))
  }
  return { row, ours: median(mine), theirs: theirs.length === 0 ? undefined : median(theirs) }
}

function line({ row, ours: value, theirs }: Figure): string {
  const met = row.goal === undefined || (row.better === 'more' ? value >= row.goal : value <= row.goal)
  const ratio = theirs === undefined ? '' : `${(row.better === 'more' ? value / theirs : theirs / value).toFixed(1)} ×`
  const goal = row.goal === undefined ? '' : `${row.better === 'more' ? '≥' : '≤'} ${thousands(row.goal)}`
  return `| ${row.title} | ${thousands(value)} ${row.unit} | ${goal} | ${row.goal === undefined ? '' : met ? 'yes' : '**no**'} | ${theirs === undefined ? '' : thousands(theirs)} | ${ratio} |`
}

const lines = [
  `Measured on ${machine()}, ${new Date().toISOString().slice(0, 10)}, medians of ${runs}.`,
  '',
  '| | Posthouse | goal | met | Postfix + Dovecot | ratio |',
  '|---|--:|--:|---|--:|--:|',
]
for (const text of lines) console.log(text)
for (const row of rows) {
  if (wanted !== undefined && !wanted.includes(row.name)) continue
  const text = line(await measure(row))
  lines.push(text)
  console.log(text)
}

if (values.write) {
  const page = join(import.meta.dirname, '../docs/benchmarks.md')
  const [head = '', , tail = ''] = readFileSync(page, 'utf8').split(/<!-- (?:table|end) -->\n/)
  writeFileSync(page, `${head}<!-- table -->\n${lines.join('\n')}\n<!-- end -->\n${tail}`)
}
