import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const program = `
import { enableCompileCache, getCompileCacheDir } from 'node:module'
import { Worker } from 'node:worker_threads'
import { threadEnvironment } from './thread-environment.ts'
if (process.argv[1] !== undefined) enableCompileCache(process.argv[1])
const source = "require('node:worker_threads').parentPort.postMessage(require('node:module').getCompileCacheDir())"
new Worker(source, { eval: true, env: threadEnvironment() })
  .on('message', ofThread => console.log(JSON.stringify([getCompileCacheDir() ?? null, ofThread ?? null])))
`

/** The folders of the process and of a thread of its own. */
async function foldersOf(...cache: readonly string[]): Promise<unknown> {
  const { NODE_COMPILE_CACHE: _, ...environment } = process.env
  const words = ['--eval', program, ...cache]
  const options = { cwd: import.meta.dirname, env: environment }
  return JSON.parse((await promisify(execFile)(process.execPath, words, options)).stdout)
}

test('a thread reads compiled sources where its process does, and without a cache it has none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-cache-'))
  try {
    const [ofProcess, ofThread] = (await foldersOf(folder)) as [string, string]
    assert.ok(ofProcess.startsWith(folder), ofProcess)
    assert.equal(ofThread, ofProcess)
    assert.deepEqual(await foldersOf(), [null, null])
  } finally {
    await rm(folder, { recursive: true })
  }
})
