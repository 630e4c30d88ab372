// Which domains say that they take no mail at all (null MX), remembered for a while.

import { Remembered } from '#base/remembered.ts'
import type { Clock } from '#io/clock.ts'
import type { Dns } from '#io/dns.ts'
import { takesNoMail } from '#verify/mail-domain.ts'
import { mailDomainMs, mailDomains } from './limits.ts'

export class MailDomains {
  readonly #dns: Dns
  readonly #asked: Remembered<Promise<boolean>>

  constructor(dns: Dns, clock: Clock) {
    this.#dns = dns
    this.#asked = new Remembered({ clock, mostKeys: mailDomains, forgetMs: mailDomainMs })
  }

  /** False too when DNS gives no answer. `domain` in A-labels. */
  takesNoMail(domain: string): Promise<boolean> {
    const known = this.#asked.get(domain)
    if (known !== undefined) return known
    // An address literal has no records.
    const asked = domain.startsWith('[') ? Promise.resolve(false) : this.#ask(domain)
    this.#asked.set(domain, asked)
    return asked
  }

  async #ask(domain: string): Promise<boolean> {
    const takesNone = await takesNoMail(this.#dns, domain)
    // What nobody answered is asked again with the next message.
    if (takesNone === undefined) this.#asked.delete(domain)
    return takesNone === true
  }
}
