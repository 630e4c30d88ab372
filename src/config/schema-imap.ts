// How mail is handed to its readers by IMAP, in a configuration file.

import { z } from 'zod'
import { canBeHidden } from '#wire/imap/hideable.ts'
import type { ImapConfig } from './config.ts'
import { limits } from './limits.ts'
import { listOf, strict, wholeNumber } from './schema-values.ts'

const client = 'wanted the name of a mail program, as it gives it with ID'
const version = 'wanted how the program\'s version begins, like "16."'
const capability = 'wanted a capability that can be hidden, like "COMPRESS=DEFLATE"'
const hidden = strict('a rule', {
  client: z
    .string({ error: client })
    .min(1, { error: client })
    .max(limits.ruleCharacters, { error: client })
    .optional(),
  version: z.string({ error: version }).max(limits.ruleCharacters, { error: version }).optional(),
  capabilities: z
    .array(z.string({ error: capability }).refine(canBeHidden, { error: capability }), {
      error: 'wanted a list of capabilities',
    })
    .min(1, { error: 'wanted at least one capability' }),
}).transform((given, context) => {
  if (given.client === undefined && given.version !== undefined) {
    context.issues.push({ code: 'custom', message: client, path: ['client'], input: given.client })
    return z.NEVER
  }
  return {
    client: given.client,
    version: given.version,
    capabilities: given.capabilities.map(name => name.toUpperCase()),
  }
})

/** RFC 9738 3: not below 1,000. */
const messages = wholeNumber(1_000, limits.count)

export const imap = strict('imap', {
  hide: listOf(hidden, '{ client, version, capabilities }'),
  messageLimit: messages.optional(),
  saveLimit: messages.optional(),
}).transform(({ hide, messageLimit, saveLimit }, context): ImapConfig => {
  if (messageLimit === undefined || saveLimit === undefined) return { hide, messageLimit, saveLimit }
  const message = 'wanted either messageLimit or saveLimit'
  context.issues.push({ code: 'custom', message, input: { messageLimit, saveLimit } })
  return z.NEVER
})
