// posthouse queue bounce

import { queueAction } from './queue-action.ts'

export const command = queueAction({
  action: 'bounce',
  summary: 'give messages up now; their senders are told',
  details:
    'Their senders get a report which says that the operator returned them. A terminal is asked first; a script is not.',
  asks: 'give them up, and tell the senders?',
  done: 'given up, and the senders are told',
  reason: { value: 'TEXT', help: 'why, for the report' },
  examples: [
    'posthouse queue bounce 1d84bc9e13035b66 --data ./mail',
    'posthouse queue bounce --domain exmaple.org --reason "the domain is misspelt" --data ./mail',
  ],
})
