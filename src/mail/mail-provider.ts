// The large mailbox providers and filters, known by the names of the hosts that their customers' MX records name. Facts, each of which can be looked up
// in the DNS; a host of nobody known has no provider.

/** By the end of the host's name. */
const suffixes = {
  google: ['google.com', 'googlemail.com', 'gmail.com'],
  microsoft: ['outlook.com', 'hotmail.com', 'mail.protection.outlook.com', 'mx.microsoft', 'office365.us'],
  yahoo: ['yahoodns.net', 'yahoo.com', 'aol.com', 'yahoo.co.jp'],
  apple: ['icloud.com', 'apple.com', 'me.com', 'mac.com'],
  ionos: ['gmx.net', 'gmx.com', 'web.de', 'mail.com', 'kundenserver.de', 'ionos.com', 'perfora.net', '1and1.com'],
  telekom: ['t-online.de', 'magenta.de'],
  orange: ['orange.fr', 'wanadoo.fr'],
  comcast: ['comcast.net', 'comcast.com'],
  charter: ['charter.net', 'rr.com', 'twc.com', 'brighthouse.com'],
  cox: ['cox.net'],
  mimecast: ['mimecast.com', 'mimecast.co.za', 'mimecast-offshore.com'],
  proofpoint: ['pphosted.com', 'ppe-hosted.com', 'proofpoint.com', 'gpphosted.com'],
  barracuda: ['barracudanetworks.com', 'ess.barracudanetworks.com', 'cudamail.com'],
  cisco: ['iphmx.com', 'cisco.com'],
  symantec: ['messagelabs.com'],
  trend: ['trendmicro.com', 'trendmicro.eu'],
  sophos: ['sophos.com', 'reflexion.net'],
  amazon: ['amazonaws.com', 'amazonses.com', 'awsapps.com'],
  zoho: ['zoho.com', 'zoho.eu', 'zoho.in', 'zohomail.com'],
  yandex: ['yandex.ru', 'yandex.net', 'yandex.com'],
  mailru: ['mail.ru'],
  tencent: ['qq.com', 'foxmail.com'],
  netease: ['163.com', '126.com', 'netease.com', 'yeah.net'],
  fastmail: ['messagingengine.com', 'fastmail.com'],
  proton: ['protonmail.ch', 'proton.ch', 'proton.me'],
  ovh: ['ovh.net', 'ovh.com'],
  rackspace: ['emailsrvr.com'],
  godaddy: ['secureserver.net'],
} as const

export type MailProvider = keyof typeof suffixes

// The keys of a constant are its type's.
export const mailProviders: readonly MailProvider[] = Object.keys(suffixes) as MailProvider[]

const providers: ReadonlyMap<string, MailProvider> = new Map(
  mailProviders.flatMap(provider => suffixes[provider].map(suffix => [suffix, provider])),
)

/** Of a host's name, in any case, with or without the final dot. */
export function mailProvider(host: string): MailProvider | undefined {
  let rest = host.toLowerCase().replace(/\.$/, '')
  while (rest !== '') {
    const provider = providers.get(rest)
    if (provider !== undefined) return provider
    const dot = rest.indexOf('.')
    rest = dot < 0 ? '' : rest.slice(dot + 1)
  }
  return undefined
}
