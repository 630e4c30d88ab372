// How clients can speak: the dialects that a session is in from its login on.

import type { Manners } from './client.ts'

export interface Speaker extends Manners {
  readonly condstore: boolean
}

const rev1: Speaker = { rev2: false, condstore: false, qresync: false, uidOnly: false }
const newest: Speaker = { ...rev1, rev2: true, qresync: true }

export const speakers = {
  rev1,
  rev2: { ...rev1, rev2: true },
  condstore: { ...rev1, condstore: true },
  qresync: { ...rev1, qresync: true },
  /** IMAP4rev2 with QRESYNC. */
  newest,
  uidOnly: { ...rev1, uidOnly: true },
  everything: { ...newest, uidOnly: true },
} as const satisfies Record<string, Speaker>
