// Which rows of the table of refusals the transcripts have provoked, by what their clients were told.

import { type RefusalName, refusals } from '#wire/smtp/refusals.ts'
import type { TranscriptNeeds, TranscriptPeer } from '../../support/transcript.ts'

const names = Object.keys(refusals) as RefusalName[] // its keys are these

export class RefusalsSeen {
  readonly #lines = new Set<string>()

  /** `openers` whose clients are listened to. */
  listening(openers: TranscriptNeeds['openers']): TranscriptNeeds['openers'] {
    const opening = Object.entries(openers).map(([name, open]) => [name, async () => this.#listenTo(await open())])
    return Object.fromEntries(opening)
  }

  /** Nobody was given these. */
  get missing(): readonly RefusalName[] {
    const lines = [...this.#lines]
    return names.filter(name => !lines.some(line => lineOf[name].test(line)))
  }

  #listenTo(peer: TranscriptPeer): TranscriptPeer {
    const listen = (came: string): string => {
      for (const line of came.split('\r\n')) if (/^[45]\d\d /.test(line)) this.#lines.add(line)
      return came
    }
    return {
      send: bytes => peer.send(bytes),
      receive: async () => listen(await peer.receive()),
      end: () => peer.end(),
      get closed() {
        return peer.closed
      },
    }
  }
}

/** The whole reply of a row, whatever its values; LMTP has a recipient before it. */
const lineOf = Object.fromEntries(
  names.map(name => {
    const { code, enhanced, what, mend } = refusals[name]
    const text = `${what}. ${mend}.`.split(/\{\w+\}/).map(part => RegExp.escape(part))
    return [name, new RegExp(`^${code} ${RegExp.escape(enhanced)} (?:<[^>]*> )?${text.join('.*')}$`)]
  }),
) as Record<RefusalName, RegExp> // from the same names
