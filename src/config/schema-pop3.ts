// How mail is handed to its readers by POP3, and what guards those who use IMAP too, in a configuration file.

import { z } from 'zod'
import { noticeLanguages } from '#retrieval/notice-text.ts'
import { defaultLanguage, defaultPop3 } from './defaults.ts'
import { duration, strict, yesOrNo } from './schema-values.ts'

export const pop3 = strict('pop3', {
  onDelete: z
    .enum(['auto', 'hide', 'trash', 'delete'], { error: 'wanted "auto", "hide", "trash" or "delete"' })
    .default(defaultPop3.onDelete),
  retrieval: z
    .enum(['any', 'imap', 'pop3'], { error: 'wanted "any", "imap" or "pop3"' })
    .default(defaultPop3.retrieval),
  marksSeen: yesOrNo(defaultPop3.marksSeen),
  loginDelayMs: duration.default(defaultPop3.loginDelayMs),
  notices: yesOrNo(defaultPop3.notices),
})

const tags = noticeLanguages.map(({ tag }) => tag)

export const language = z
  .string({ error: `wanted a language: ${tags.join(' or ')}` })
  .refine(tag => tags.includes(tag), { error: `wanted a language: ${tags.join(' or ')}` })
  .default(defaultLanguage)
