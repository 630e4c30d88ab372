// Every refusal the SMTP side gives, in one table: reply code, enhanced code (RFC 3463, 5248), and in plain words what happened, who
// can mend it and how. The replies come from it, `posthouse explain` and the help pages too. The rows stand in refusals/*.ts.

import { refusalValueOctets } from './limits.ts'
import { commandRows } from './refusals/commands.ts'
import { loginRows } from './refusals/login.ts'
import { messageRows } from './refusals/message.ts'
import { recipientRows } from './refusals/recipients.ts'
import type { RefusalRow } from './refusals/row.ts'
import { senderRows } from './refusals/senders.ts'
import { trafficRows } from './refusals/traffic.ts'
import { type Reply, reply } from './reply.ts'

const table = {
  ...recipientRows,
  ...senderRows,
  ...messageRows,
  ...trafficRows,
  ...loginRows,
  ...commandRows,
}

export type RefusalName = keyof typeof table

/** Every refusal by its name. */
export const refusals: Readonly<Record<RefusalName, RefusalRow>> = table

export type RefusalValues = Readonly<Record<string, string | number>>

/** A "no" as a value: the name goes to the log, the reply to the peer. */
export interface Refusal {
  readonly kind: 'refused'
  readonly reason: RefusalName
  readonly reply: Reply
}

export function refuse(reason: RefusalName, values: RefusalValues = {}): Refusal {
  const { code, enhanced, what, mend } = refusals[reason]
  const text = `${what}. ${mend}.`
  return { kind: 'refused', reason, reply: reply(code, enhanced, fill(text, values)) }
}

/** A text of a row for a reader who has no values at hand: `<ADDRESS>: there is no such mailbox here.` */
export function inGeneral(text: string): string {
  const shown = text.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'hostname'
      ? 'this server'
      : name
          .replace(/Bytes$/, '')
          .replace(/[A-Z]/g, ' $&')
          .toUpperCase(),
  )
  return `${shown.charAt(0).toUpperCase()}${shown.slice(1)}.`
}

/** Where `RFC 5321 4.2.3` can be read. */
export function linkOf(section: string): string {
  const [, number, part] = section.split(' ')
  return `https://www.rfc-editor.org/rfc/rfc${number}${part === undefined ? '' : `#section-${part}`}`
}

function fill(text: string, values: RefusalValues): string {
  return text.replace(/\{(\w+)\}/g, (written, name) => {
    const value = values[name]
    return value === undefined ? written : shortened(String(value))
  })
}

/** A long address keeps its ends, so that the line has room for what to do about it. */
function shortened(value: string): string {
  if (value.length <= refusalValueOctets) return value
  const kept = (refusalValueOctets - 3) / 2
  return `${value.slice(0, Math.ceil(kept))}...${value.slice(-Math.floor(kept))}`
}
