import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { PasswordFileError, readCredentials } from './credentials.ts'
import { directRoute, smarthostRoute } from './default-settings.ts'

test('passwords are the first lines of their files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-credentials-'))
  try {
    const file = (name: string) => join(folder, name)
    await writeFile(file('unix'), 'hunter2\nanything\n')
    await writeFile(file('dos'), 'hunter 2\r\n')
    await writeFile(file('empty'), '\nhunter2\n')
    const of = (name: string) => ({
      ...smarthostRoute,
      hosts: [],
      tls: 'starttls' as const,
      credentials: { user: 'us', passwordPath: file(name) },
    })
    const read = await readCredentials({ routes: { direct: directRoute, a: of('unix'), b: of('dos') } })
    assert.deepEqual(
      [...read].map(([route, { user, password }]) => [route, user, password.reveal()]),
      [
        ['a', 'us', 'hunter2'],
        ['b', 'us', 'hunter 2'],
      ],
    )
    for (const bad of ['empty', 'nowhere'])
      await assert.rejects(readCredentials({ routes: { a: of(bad) } }), error => {
        assert.ok(error instanceof PasswordFileError && error.message.includes(file(bad)))
        return true
      })
  } finally {
    await rm(folder, { recursive: true })
  }
})
