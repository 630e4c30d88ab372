// `npm test`: types, format and lint, then every test that needs nothing but npm's packages. Two lanes side by side, for the crash runs mostly wait.

import { bin, runLanes, testStep } from './test-steps.ts'

await runLanes([
  [
    { name: 'types', command: [bin('tsc'), '--noEmit'] },
    { name: 'format and lint', command: [bin('biome'), 'ci', '.'] },
    testStep(
      'unit, contract, transcript and fuzz tests',
      // PGlite is used too briefly to be worth a second, better compilation.
      ['--test-isolation=none', '--no-wasm-tier-up'],
      'src/**/*.test.ts',
      'tools/*.test.ts',
      'test/{support,transcripts,fuzz,model-imap,differential}/**/*.test.ts',
    ),
    testStep('server tests', ['--test-concurrency=2'], 'test/server/**/*.test.ts'),
  ],
  [testStep('crash runs', [], 'test/crash/**/*.test.ts')],
])
