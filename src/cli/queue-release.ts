// posthouse queue release

import { queueAction } from './queue-action.ts'

export const command = queueAction({
  action: 'release',
  summary: 'let go what is held, or waits to be sent later',
  details:
    'When the server runs, at once; else when it starts; the time for its tries begins anew. It goes where the configuration says: what posthouse dev\nholds goes nowhere unless dev was started with --smarthost or --direct.',
  done: 'released',
  examples: [
    'posthouse queue release 1d84bc9e13035b66 --data ./mail',
    'posthouse queue release --account alice@example.com --state held --data ./mail',
  ],
})
