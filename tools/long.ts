// `npm run long`: what takes longer than a change should wait for: the random walks of test/model-* from each seed, many times as long as in
// `npm test`, a thousand simulated worlds, more rounds of the crash runs, the contract tests on the second engine, and what is large.

import { runLanes, testStep } from './test-steps.ts'

process.env['POSTHOUSE_MODEL_STEPS'] ??= '10000'
process.env['POSTHOUSE_CRASH_ROUNDS'] ??= '50'
process.env['POSTHOUSE_SIM_SEEDS'] ??= '1000'
process.env['POSTHOUSE_SIM_STRIDE'] ??= '1'
process.env['POSTHOUSE_SIM_TOPOLOGIES'] ??= '30'

const inOneProcess = ['--test-isolation=none']

// PGlite is used too briefly to be worth a second, better compilation.
const onPglite = [...inOneProcess, '--no-wasm-tier-up', '--test-name-pattern=PGlite']

await runLanes([
  [
    testStep('sessions of IMAP and their model', inOneProcess, 'test/model-imap/sessions.test.ts'),
    testStep('large messages', [], 'test/long/**/*.test.ts'),
    testStep('crash runs', [], 'test/crash/**/*.test.ts'),
  ],
  [
    testStep('contract tests on PGlite', onPglite, 'src/**/*.test.ts'),
    testStep('connections that break', inOneProcess, 'test/model-imap/reconnect.test.ts'),
    testStep('POP3, IMAP, SMTP and their model', inOneProcess, 'test/model-pop3/policies.test.ts'),
    testStep('simulated worlds', inOneProcess, 'test/sim/**/*.test.ts'),
  ],
])
