// posthouse queue hold

import { queueAction } from './queue-action.ts'

export const command = queueAction({
  action: 'hold',
  summary: 'keep messages back until they are released',
  details: 'What is under way at this moment is not stopped, and held if it comes back. Held messages do not expire.',
  done: 'held',
  reason: { value: 'TEXT', help: 'shown to whoever looks at the queue' },
  examples: [
    'posthouse queue hold --account alice@example.com --reason "asked her about it" --data ./mail',
    'posthouse queue hold 1d84bc9e13035b66 --data ./mail',
  ],
})
