// posthouse queue retry

import { queueAction } from './queue-action.ts'

export const command = queueAction({
  action: 'retry',
  summary: 'try again now what waits for its next try',
  details:
    'When the server runs, at once; else when it starts. What is held stays held: posthouse queue release. Hosts that could\nnot be reached a moment ago are tried too, and DNS is asked anew.',
  done: 'due now',
  examples: [
    'posthouse queue retry 1d84bc9e13035b66 --data ./mail',
    'posthouse queue retry --domain example.org --data ./mail',
    'posthouse queue retry --all --yes --data ./mail',
  ],
})
