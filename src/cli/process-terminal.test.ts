import assert from 'node:assert/strict'
import { test } from 'node:test'
import { programOf } from './process-terminal.ts'

test('a checkout is called through npm, everything else by its name', () => {
  const asCalled: readonly [environment: NodeJS.ProcessEnv, program: string][] = [
    [{}, 'posthouse'],
    [{ npm_package_name: 'posthouse', npm_lifecycle_event: 'start' }, 'npm run -s posthouse --'],
    [{ npm_package_name: 'posthouse', npm_lifecycle_event: 'posthouse' }, 'npm run -s posthouse --'],
    [{ npm_package_name: 'posthouse', npm_lifecycle_event: 'npx' }, 'posthouse'],
    [{ npm_package_name: 'shop', npm_lifecycle_event: 'mail' }, 'posthouse'],
  ]
  for (const [environment, program] of asCalled) assert.equal(programOf(environment), program)
})
