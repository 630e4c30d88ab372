// `npm test`: types, format and lint, then every test that needs nothing but npm's packages. Three lanes side by side, for the crash runs
// mostly wait for the disk.

import { bin, runLanes, testStep } from './test-steps.ts'

// PGlite is used too briefly to be worth a second, better compilation.
const inOneProcess = ['--test-isolation=none', '--no-wasm-tier-up']

await runLanes([
  [testStep('unit and contract tests', inOneProcess, 'src/**/*.test.ts', 'tools/*.test.ts')],
  [
    testStep(
      'transcript, model, simulation and fuzz tests',
      inOneProcess,
      'test/{support,transcripts,fuzz,model-imap,model-pop3,differential,sim}/**/*.test.ts',
    ),
  ],
  [
    { name: 'types', command: [bin('tsc'), '--noEmit'] },
    { name: 'format and lint', command: [bin('biome'), 'ci', '.'] },
    testStep('crash runs', [], 'test/crash/**/*.test.ts'),
    testStep('server tests', ['--test-concurrency=2'], 'test/server/**/*.test.ts'),
  ],
])
