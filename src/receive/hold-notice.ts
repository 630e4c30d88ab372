// What owner and operator are told when an account is held: what was seen, what is so now, what each of them can do.

import { fromUtf8 } from '#text/bytes.ts'
import { printMailDate } from '#text/date.ts'
import { encodeWords } from '#text/encode-words.ts'

export interface HoldNotice {
  readonly hostname: string
  /** Unique. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly now: number
  readonly to: string
  /** The account that is held. */
  readonly owner: string
  /** What was unusual. */
  readonly reason: string
}

/** The message, in CRLF. */
export function composeHoldNotice({ hostname, id, now, to, owner, reason }: HoldNotice): Uint8Array {
  const lines = [
    `From: ${encodeWords(`Mail server ${hostname}`)} <postmaster@${hostname}>`,
    `To: <${to}>`,
    `Subject: ${encodeWords(`Mail from ${owner} is held`)}`,
    `Date: ${printMailDate(now)}`,
    `Message-ID: <${id}@${hostname}>`,
    // RFC 3834 5: nobody's vacation answers it.
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...prose(`${owner} sends in a way that is unusual for this account: ${reason}.`),
    '',
    ...prose(
      'Somebody else may have found out its password. So nothing more of what it sends leaves this server for now: new messages are ' +
        'taken, and wait in the queue. Mail that comes in is not touched.',
    ),
    '',
    ...prose('If it was you who sent so much, tell your administrator, who can let it go.'),
    ...prose('If it was not, set a new password, on a device that nobody else uses, and tell your administrator.'),
    '',
    ...prose('For the administrator:'),
    '',
    `  posthouse queue list --account ${owner}`,
    '    what waits',
    `  posthouse account guard ${owner} on`,
    '    it goes, and the guard counts anew',
    `  posthouse account guard ${owner} off`,
    '    it goes, and the guard never holds this account again',
    `  posthouse queue drop --account ${owner}`,
    '    what waits is thrown away; then set a password and let the account go on',
    '',
    'The server wrote this message.',
    '',
  ]
  return fromUtf8(lines.join('\r\n'))
}

/** RFC 5322 2.1.1: lines of 78 characters at most, where words allow it. */
function prose(text: string): readonly string[] {
  return text.match(/.{1,77}(?= |$)/gu)?.map(line => line.trimStart()) ?? []
}
