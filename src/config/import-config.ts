// A configuration written as a program: imported, with `posthouse` meaning this very package, wherever the file lies.

import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { ConfigError } from './config-error.ts'

/** What the file exports as default. Throws ConfigError with the line when it can't be run. */
export async function importConfig(path: string, file: string, source: string): Promise<unknown> {
  const hooks = registerHooks({
    resolve: (name, context, next) =>
      name === 'posthouse' ? { url: import.meta.resolve(definition), shortCircuit: true } : next(name, context),
  })
  try {
    const url = pathToFileURL(path).href
    const module: { readonly default?: unknown } = await import(url)
    if (module.default !== undefined) return module.default
  } catch (error) {
    throw new ConfigError([
      {
        file,
        line: lineIn(error, path) ?? lineOfImport(error, source),
        key: '',
        message: `it cannot be run: ${describe(error)}`,
      },
    ])
  } finally {
    hooks.deregister()
  }
  const message = 'wanted `export default defineConfig({ ... })`, found no default export'
  throw new ConfigError([{ file, line: undefined, key: '', message }])
}

// Built for the registry the files end in .js.
const definition = import.meta.url.endsWith('.ts') ? './define.ts' : './define.js'

function describe(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0] || error.name : String(error)
}

/** Node puts the place at the top of a syntax error's stack, and in the frames of the others. */
function lineIn(error: unknown, path: string): number | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const at = stack.indexOf(path)
  const line = /^:(\d+)/.exec(stack.slice(at + path.length))?.[1]
  return at < 0 || line === undefined ? undefined : Number(line)
}

/** Node does not say where what it can't find is imported. */
function lineOfImport(error: unknown, source: string): number | undefined {
  const missing = /^Cannot find (?:module|package) '([^']+)'/.exec(describe(error))?.[1]
  const name = missing?.slice(missing.lastIndexOf('/') + 1)
  const at = name === undefined ? -1 : source.split('\n').findIndex(line => line.includes(name))
  return at < 0 ? undefined : at + 1
}
