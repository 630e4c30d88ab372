// The carriage of a server that sends nothing to other hosts: what would go there is held, and shown.

import type { Carriage } from './carriage.ts'
import { usualSchedule } from './schedule.ts'

export const noCarriage: Carriage = {
  route: () => ({ kind: 'held', reason: 'this server sends no mail to other hosts' }),
  schedule: () => usualSchedule,
  courier: hop => Promise.reject(new Error(`nobody goes to ${hop}`)),
  lookAgain: () => {},
}
