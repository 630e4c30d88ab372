import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { diagram, type Machine, statePages, table } from './states.ts'

const root = join(import.meta.dirname, '..')

for (const [path, wanted] of statePages()) {
  test(`${path} says what its table says`, () =>
    assert.equal(readFileSync(join(root, path), 'utf8'), wanted, 'run npm run states'))
}

describe('a machine of two states', () => {
  const cells: Readonly<Record<string, ReturnType<Machine['cell']>>> = {
    'shut-in KNOCK': [
      { when: 'taken', to: 'out' },
      { when: 'refused', to: 'shut-in' },
    ],
    'shut-in WAIT': [
      { when: 'taken', to: 'shut-in' },
      { when: 'refused', to: 'shut-in' },
    ],
    'shut-in LEAVE': 'no',
    'out KNOCK': 'no',
    'out WAIT': [
      { when: 'taken', to: 'shut-in' },
      { when: 'refused', to: 'shut-in' },
    ],
    'out LEAVE': [{ when: 'taken', to: 'gone' }],
  }
  const machine: Machine = {
    states: ['shut-in', 'out'],
    commands: ['KNOCK', 'WAIT', 'LEAVE'],
    end: 'gone',
    cell: (state, command) => cells[`${state} ${command}`] ?? 'missing',
  }

  test('as a diagram: what stays is left out, the outcome is told where it matters', () =>
    assert.deepEqual(diagram(machine), [
      '```mermaid',
      'stateDiagram-v2',
      '  state "shut-in" as shut_in',
      '  [*] --> shut_in',
      '  shut_in --> out: KNOCK taken',
      '  out --> shut_in: WAIT',
      '  out --> [*]: LEAVE',
      '```',
    ]))

  test('as a table: every command in every state', () =>
    assert.deepEqual(table(machine), [
      '| command | shut-in | out |',
      '| --- | --- | --- |',
      '| `KNOCK` | taken: → out<br>refused: stays | no |',
      '| `WAIT` | stays | → shut-in |',
      '| `LEAVE` | no | → gone |',
    ]))
})
