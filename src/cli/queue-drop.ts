// posthouse queue drop

import { queueAction } from './queue-action.ts'

export const command = queueAction({
  action: 'drop',
  summary: 'take messages away; nobody is told',
  details: 'A terminal is asked first; a script is not. To tell the senders: posthouse queue bounce.',
  asks: 'drop them, and tell nobody?',
  done: 'dropped',
  examples: [
    'posthouse queue drop 1d84bc9e13035b66 --data ./mail',
    'posthouse queue drop --account alice@example.com --domain example.org --yes --data ./mail',
  ],
})
