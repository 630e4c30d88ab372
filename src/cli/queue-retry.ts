// posthouse queue retry

import { queueAction } from './queue-action.ts'

export const command = queueAction({
  action: 'retry',
  summary: 'try again now what waits for its next try',
  details:
    'When the server runs, at once; else when it starts. What is held stays held: posthouse queue release. A host that could\nnot be reached a moment ago is spared all the same; posthouse queue show says until when.',
  done: 'due now',
  examples: [
    'posthouse queue retry 1d84bc9e13035b66 --data ./mail',
    'posthouse queue retry --domain example.org --data ./mail',
    'posthouse queue retry --all --yes --data ./mail',
  ],
})
