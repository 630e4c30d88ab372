// All other servers, for tests of what comes before the relay: whatever goes to another host arrives there at once, unless the test says otherwise.

import type { RecipientOutcome } from '#mail/outcome.ts'
import type { Carriage, Mail } from '#queue/carriage.ts'

export interface Arrived {
  /** MAIL FROM. */
  readonly returnPath: string
  readonly recipients: readonly string[]
  readonly mail: Mail
  /** As it would go over the wire. */
  readonly text: string
}

/** The reply of another server to a recipient; undefined: it is taken. */
export type Answer = (recipient: string) => string | undefined

export class OtherServers implements Carriage {
  readonly arrived: Arrived[] = []
  answer: Answer = () => undefined

  route({ recipient }: { readonly recipient: string }) {
    return { kind: 'hop' as const, hop: recipient.slice(recipient.lastIndexOf('@') + 1) }
  }

  schedule() {
    return { retryMs: [60_000], jitter: 0, tellDelayMs: 14_400_000, giveUpMs: 432_000_000 }
  }

  lookAgain(): void {}

  async courier() {
    return {
      mostRecipients: 100,
      isUsable: true,
      carry: async (mail: Mail) => {
        const outcomes = mail.recipients.map(({ address }) => outcomeOf(this.answer(address)))
        const taken = mail.recipients.filter((_, index) => outcomes[index]?.kind === 'delivered')
        if (taken.length > 0)
          await this.#take(
            mail,
            taken.map(({ address }) => address),
          )
        return { outcomes, tries: [], isOfHop: false }
      },
      [Symbol.asyncDispose]: async () => undefined,
    }
  }

  async #take(mail: Mail, recipients: readonly string[]): Promise<void> {
    const bytes = await mail.spooled.read(0, mail.spooled.sizeBytes)
    const text = mail.fields + Buffer.from(bytes).toString()
    this.arrived.push({ returnPath: mail.returnPath, recipients, mail, text })
  }
}

function outcomeOf(reply: string | undefined): RecipientOutcome {
  if (reply === undefined) return { kind: 'delivered', reply: '250 2.0.0 taken', peerReports: false }
  const kind = reply.startsWith('5') ? 'failed' : 'deferred'
  const [, status = '5.0.0'] = /^\d{3} (\d\.\d+\.\d+)/.exec(reply) ?? []
  return { kind, status, reply, class: 'recipient-unknown', by: 'mx.far.test', notBefore: undefined }
}
