// `npm run walks`: the random walks of test/model-*, each from fixed seeds and many times as long as in `npm test`.

import { runLanes, testStep } from './test-steps.ts'

process.env['POSTHOUSE_MODEL_STEPS'] ??= '10000'

const inOneProcess = ['--test-isolation=none']

await runLanes([
  [testStep('sessions of IMAP and their model', inOneProcess, 'test/model-imap/sessions.test.ts')],
  [
    testStep('connections that break', inOneProcess, 'test/model-imap/reconnect.test.ts'),
    testStep('POP3, IMAP, SMTP and their model', inOneProcess, 'test/model-pop3/policies.test.ts'),
  ],
])
