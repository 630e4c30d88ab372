// Builds dist/ for the package that npm installs: Node strips no types under node_modules. A checkout never needs it.
// What runs there is what runs here, line for line, stripped by Node itself; tsc only writes the types of a configuration file.

import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { bin, root } from './test-steps.ts'

/** The same code with every import of a file of ours, `'./x.ts'` or `'#folder/x.ts'`, leading to the .js file. */
export function withBuiltImports(code: string): string {
  return code.replace(/(\b(?:from|import)\s*\(?\s*)'([.#][^'\n]+)\.ts'/g, "$1'$2.js'")
}

export function build(dist: string): void {
  rmSync(dist, { recursive: true, force: true })
  execFileSync(bin('tsc'), ['--project', 'tsconfig.build.json', '--outDir', dist], { cwd: root, stdio: 'inherit' })
  for (const path of globSync('**/*.d.ts', { cwd: dist })) {
    writeFileSync(join(dist, path), withBuiltImports(readFileSync(join(dist, path), 'utf8')))
  }
  const source = join(root, 'src')
  for (const path of globSync('**/*.ts', { cwd: source, exclude: ['**/*.test.ts'] })) {
    const code = stripTypeScriptTypes(readFileSync(join(source, path), 'utf8'))
    const built = join(dist, path.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(built), { recursive: true })
    writeFileSync(built, withBuiltImports(code))
  }
  writeFileSync(join(dist, 'package.json'), '{ "type": "module", "imports": { "#*": "./*" } }\n')
}

if (import.meta.main) build(join(root, 'dist'))
