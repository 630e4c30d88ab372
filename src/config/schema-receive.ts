// How mail from other servers is taken, in a configuration file.

import { z } from 'zod'
import { toAsciiDomain } from '#text/idna.ts'
import { defaultReceive } from './defaults.ts'
import { limits } from './limits.ts'
import { duration, listOf, settings, strict, wholeNumber, yesOrNo } from './schema-values.ts'

const zone = 'wanted the name of a list, like "zen.spamhaus.org"'
const link = 'wanted a link, like "https://check.spamhaus.org/results/?query={address}"'
const blocklist = strict('a blocklist', {
  zone: z.string({ error: zone }).refine(name => toAsciiDomain(name)?.includes('.') === true, { error: zone }),
  link: z
    .string({ error: link })
    .regex(/^https?:\/\/[\x21-\x7e]+$/, { error: link })
    .optional(),
}).transform(given => ({ zone: toAsciiDomain(given.zone) ?? given.zone, link: given.link }))

const field = 'wanted the name of a header field, like "subject"'
const contains = 'wanted the text that the field may not have in it'
const rule = strict('a rule', {
  field: z.string({ error: field }).regex(/^[\x21-\x39\x3b-\x7e]{1,76}$/, { error: field }),
  contains: z.string({ error: contains }).min(1, { error: contains }).max(limits.ruleCharacters, { error: contains }),
})

const { tarpit, greylist } = defaultReceive

export const receive = strict('receive', {
  bareLineEnds: z
    .enum(['refuse', 'normalise'], { error: 'wanted "refuse" or "normalise"' })
    .default(defaultReceive.bareLineEnds),
  bannerDelayMs: duration.default(defaultReceive.bannerDelayMs),
  tarpit: strict('tarpit', {
    after: wholeNumber(0, limits.count).default(tarpit.after),
    firstMs: duration.default(tarpit.firstMs),
    longestMs: duration.default(tarpit.longestMs),
  }).prefault({}),
  greylist: settings('greylist', greylist)
    .refine(given => given.waitingMs > given.delayMs, {
      path: ['waitingMs'],
      error: 'wanted a time longer than delayMs: nobody would ever pass',
    })
    .prefault({}),
  requireReverseName: yesOrNo(defaultReceive.requireReverseName),
  blocklists: listOf(blocklist, '{ zone, link }'),
  refuseContent: listOf(rule, '{ field, contains }'),
  authenticate: yesOrNo(defaultReceive.authenticate),
  dmarcReject: z.enum(['refuse', 'junk'], { error: 'wanted "refuse" or "junk"' }).default(defaultReceive.dmarcReject),
})
