// Posthouse as a relay under load: nobody is held back who sends a hundred thousand letters in a minute.

import type { ConfigInput } from '#config/define.ts'

const host = '127.0.0.1'
const unlimited = 10_000_000

/** For ports from `offset` on; `more`: where mail goes. */
export function relayConfig(offset: number, more: Pick<ConfigInput, 'dns' | 'limits' | 'send'>): ConfigInput {
  return {
    hostname: 'mail.example.test',
    tls: { ownAuthority: [host] },
    listeners: [
      { protocol: 'submission', host, port: offset + 465, tls: 'implicit' },
      { protocol: 'imap', host, port: offset + 993, tls: 'implicit' },
    ],
    throttles: { recipients: { perHourPerAccount: unlimited, perHourPerNetwork: unlimited } },
    senders: { limits: { enabled: false }, guard: { enabled: false } },
    ...more,
  }
}
