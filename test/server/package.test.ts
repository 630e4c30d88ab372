// The package as npm would install it: JavaScript in dist/, the launcher, a configuration file with its types.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { build } from '../../tools/build.ts'
import { bin, root } from '../../tools/test-steps.ts'

const offset = 3_700 + (process.pid % 27) * 1_000

describe('posthouse, the package', () => {
  let folder: string
  let launcher: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'posthouse-package-'))
    const installed = join(folder, 'node_modules/posthouse')
    const manifest: { readonly files: readonly string[] } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    mkdirSync(installed, { recursive: true })
    assert.ok(manifest.files.includes('dist'))
    build(join(installed, 'dist'))
    for (const name of ['package.json', ...manifest.files.filter(one => one !== 'dist')])
      cpSync(join(root, name), join(installed, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'))
    launcher = join(installed, 'bin/posthouse.js')
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('a configuration file finds defineConfig and its types', () => {
    const config = `import { defineConfig } from 'posthouse'
export default defineConfig({
  hostname: 'mail.example.test',
  tls: { ownAuthority: [] },
})
`
    writeFileSync(join(folder, 'posthouse.config.ts'), config)
    writeFileSync(join(folder, 'wrong.config.ts'), config.replace('hostname', 'hostnam'))
    const checked = spawnSync(process.execPath, [launcher, 'config', 'check'], { cwd: folder, encoding: 'utf8' })
    assert.deepEqual([checked.status, checked.stderr], [0, 'posthouse.config.ts: all is well\n'])

    const flags = ['--noEmit', '--pretty', 'false', '--strict', '--module', 'nodenext', '--types', 'node']
    const types = ['--typeRoots', join(root, 'node_modules/@types')]
    const words = [...flags, ...types, 'posthouse.config.ts', 'wrong.config.ts']
    const typed = spawnSync(bin('tsc'), words, { cwd: folder, encoding: 'utf8' })
    assert.match(typed.stdout, /^wrong\.config\.ts\(3,3\): error .*'hostnam' does not exist[^\n]*\n$/)
  })

  test('the launcher starts a whole server and ends with it', async () => {
    const words = [launcher, 'dev', '--data', 'mail', '--port-offset', `${offset}`]
    const server = spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(server, 'close')
    let said = ''
    for await (const chunk of server.stdout.setEncoding('utf8')) {
      said += chunk
      if (/^ready$/m.test(said)) server.kill('SIGTERM')
    }
    assert.match(said, /^ready$/m)
    assert.deepEqual(await ended, [0, null])
    assert.ok(existsSync(join(folder, 'mail/tls/ca.pem')))
  })
})
