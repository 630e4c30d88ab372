// What accounts may send, in a configuration file.

import { defaultSenders } from './defaults.ts'
import { settings, strict, yesOrNo } from './schema-values.ts'

export const senders = strict('senders', {
  verp: yesOrNo(defaultSenders.verp),
  limits: settings('limits', defaultSenders.limits).prefault({}),
  guard: settings('guard', defaultSenders.guard).prefault({}),
})
