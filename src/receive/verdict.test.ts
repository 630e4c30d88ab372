import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Facts, verdict } from './verdict.ts'

const clean: Facts = { bareLineEnd: undefined, receivedFields: 3, foreignFrom: undefined }

describe('the verdict', () => {
  const table: readonly [name: string, facts: Partial<Facts>, reason: string | undefined][] = [
    ['takes a clean message', {}, undefined],
    ['takes what has passed 50 servers', { receivedFields: 50 }, undefined],
    ['refuses a loop', { receivedFields: 51 }, 'loop'],
    ['refuses a bare LF', { bareLineEnd: 'LF' }, 'bare-line-end'],
    ["refuses somebody else's From", { foreignFrom: { address: 'x@y', user: 'a@b' } }, 'from-not-yours'],
    ['names the smuggling first', { bareLineEnd: 'CR', receivedFields: 99 }, 'bare-line-end'],
  ]
  for (const [name, facts, reason] of table)
    test(name, () => assert.equal(verdict({ ...clean, ...facts }, 'mail.example.test')?.reason, reason))
})
