// The table of outcome-class.ts: the first rule that fits decides. What a peer says in words comes before its enhanced code, for codes are used
// loosely (5.1.1 for a block list, 5.7.1 for nearly all); words of one provider come before those of all. Last the bare code, which mostly says
// nothing: then no rule fits. Every sort of words has real replies in outcome-replies.json.

import type { MailProvider } from './mail-provider.ts'
import type { OutcomeClass } from './outcome.ts'
import type { Stage } from './smtp-stage.ts'

/** All that is given must fit. */
export interface Rule {
  readonly class: OutcomeClass
  /** `4`: for now, `5`: for good. */
  readonly kind?: 4 | 5
  readonly code?: readonly number[]
  /** Against the enhanced code without its first digit: `1.1` of 5.1.1 and 4.1.1. */
  readonly status?: RegExp
  readonly provider?: MailProvider
  readonly stage?: readonly Stage[]
  /** Against the reply in lower case, in one line, each address in it as `@`. */
  readonly text?: RegExp
}

/** Fits what one of them fits. */
function any(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'))
}

/** What the words of one provider mean where they mean something else to everybody. */
const ofProviders: readonly Rule[] = [
  // A mailbox that gets too much at once, and frequency limits, answer so.
  { class: 'rate', provider: 'tencent', text: /mailbox unavailable or access denied/ },
  // Its way to greylist, or to wait and see how an address behaves.
  { class: 'policy', provider: 'mimecast', text: /internal resource.? temporarily unavailable/ },
  { class: 'rate', provider: 'google', kind: 4, status: /^7\.0$/, text: /^(?:\[[^\]]*\] )?try again later/ },
  // 4.7.500 to 4.7.699, whatever the words are: it watches the sender.
  { class: 'reputation', provider: 'microsoft', kind: 4, status: /^7\.[56]\d\d$/ },
  { class: 'reputation', provider: 'microsoft', text: /bad outbound sender/ },
  // For now it only slows down; for good it is what it knows of the sender.
  { class: 'rate', provider: 'google', kind: 4, status: /^7\.28$/ },
  { class: 'reputation', provider: 'microsoft', kind: 5, status: /^7\.(?:50[123]|511|6\d\d|7\d\d)$/ },
  { class: 'reputation', provider: 'telekom', text: /a problem occurred|\((?:bl|dial)\)/ },
  { class: 'reputation', provider: 'charter', text: /aup#/ },
  // [TSnn] waits, [BLnn] lists, [PHnn] phishing.
  { class: 'reputation', provider: 'yahoo', text: /\[(?:ts|bl|ips|ipts)s?\d+\]/ },
  { class: 'content', provider: 'yahoo', text: /\[ph\d+\]/ },
  // NetEase's codes: what was asked, then why.
  { class: 'content', provider: 'netease', text: /\bdt:spm\b/ },
  { class: 'reputation', provider: 'netease', text: /\b(?:hl:rep|hl:mep|dt:rbl|wm:bl[iu]|mi:spb|rp:trc)\b/ },
  { class: 'rate', provider: 'netease', text: /\b(?:hl:icc|hl:ifc|mi:dmc|rp:drc|mi:sfq|mi:stc|rp:qrc)\b/ },
  { class: 'protocol', provider: 'netease', text: /\b(?:mi|rp|hl):c[ec]l\b/ },
  // Orange's, three digits behind OFR: 1xx connections, 4xx the address, 5xx the message.
  { class: 'rate', provider: 'orange', text: /ofr\d*_(?:104|105|108|109)/ },
]

const ofWords: readonly Rule[] = [
  // Who may write to a group or a mailbox of an organization; not a login, and no block list of the world.
  {
    class: 'policy',
    text: any(
      /not authenticated (?:for|by) |resolver\.rst\.|transport\.rules|allowed-senders? list|customer block list/,
      /senders? block list|blocked senders|does not want your mail|mail relay denied/,
      // Its further words may be advice: what to log in by, which port has TLS.
      /^(?:<?@>?:? )?relaying denied: /,
    ),
  },
  {
    class: 'protocol',
    text: any(
      /pipelin\w* after starttls|commands? allowed to pipeline|improper (?:use of smtp )?command pipelining/,
      /need fully-qualified/,
    ),
  },
  {
    class: 'tls',
    text: any(
      /starttls|\btls\b.{0,30}(?:required|connection|handshake|negotiat)/,
      /(?:requires?|must (?:use|support)) (?:secure )?(?:tls|encrypt)|encryption (?:is )?(?:needed|required)/,
      /tlsa-invalid|dnssec-invalid|certificate-expired|dane validation|mta-sts|requiretls|tls_required/,
    ),
  },

  // Sums that have nothing to do with the mailbox.
  {
    class: 'rate',
    text: any(
      /(?:queue|submission|send(?:ing|er)?|daily message) quota|quota for sending|throttling failure/,
      /per transaction/,
    ),
  },
  {
    class: 'mailbox-full',
    text: any(
      /(?:over|exceed\w*|out of|not enough|insufficient)(?: \w+){0,3} (?:quota|storage space|storage allocation|storage quota|storage limit)/,
      /quota (?:\w+ )?(?:exceeded|reached|violation|full)|over ?quota/,
      /mailbox (?:\S+ ){0,4}(?:is |are )?(?:full|size|limit)|(?:account|inbox|folder) (?:is )?full/,
      /allowed storage space|too many messages on the server|boite du destinataire pleine|out of storage/,
      /exceeded their storage|mail size limit exceeded|trouble in home directory/,
    ),
  },
  {
    class: 'too-large',
    text: any(
      /(?:message|mail|data|attachment|header|body)s?(?: \S+){0,3} too (?:big|large|long)/,
      /(?:size|length)(?: \S+){0,5} exceed|exceed\w*(?: \S+){0,6} (?:\w*size|length)\b|maximum attachment/,
      /attachment (?:count|size)|size of (?:your|the|one|a) |maximum (?:message )?size|databytes/,
      /number of attachments|larger than/,
    ),
  },

  // A name or a number that nobody could check.
  { class: 'dns', text: /dns lookup fail|dns query (?:error|fail)|name service error/ },
  {
    class: 'authentication',
    text: any(
      /\b(?:spf|dkim|dmarc|arc)\b|sender policy framework|unauthenticated|\bptr\b|\brdns\b/,
      /reverse.?(?:dns|host)|cannot (?:find|resolve) your (?:reverse )?host/,
      /(?:bad|invalid|fix) (?:reverse )?(?:dns ptr|rdns)/,
      /authentication (?:is )?(?:required|failed|fail|credentials|unsuccessful|type|error)/,
      /authenticat\w* (?:failed|to send)|not (?:been )?authenticated|invalid credentials|username and password/,
      /log ?in\b|(?:anti-?)?spoof|bad helo|helo (?:command )?rejected: (?:host|invalid|access)|sender verif\w+/,
      /verification failed for|fake sender|rejected, \w+ authent|password required|address is not verified/,
      /identities failed/,
    ),
  },
  {
    class: 'dns',
    text: any(
      /domain (?:of |name )?(?:\S+ ){0,3}(?:not found|does not exist|must resolve|not exist)/,
      /sender address rejected: (?:domain|unknown)|host (?:\S+ )?(?:unknown|not found)/,
      /(?:unknown|bad|no such) (?:host|domain)|null ?mx/,
      /(?:find|locate|resolve) the (?:recipient|sender|destination)?.?domain/,
      /(?:dns )?mx (?:or a\/aaaa )?(?:resource )?(?:host|records?) (?:is |are |not |point|resource)|dns mx or/,
      /bad destination system|unroutable domain|unrouteable mail domain|no mx\b|without mx/,
      /temporary domain failure/,
    ),
  },

  // What is known against the sender.
  {
    class: 'reputation',
    text: any(
      /spamhaus|spamcop|\bsorbs\b|uceprotect|abusix|senderscore|barracuda ?(?:central|reputation)|cloudmark/,
      /symantec zodiac|reputation|block ?list|black ?list|block listed|\brbls?\b|dnsbl|blocked using/,
      /banned send|blocked for (?:spam|abuse)|block for spam|spammer|spamming|spam abuse|spam statistics/,
      /suspected spam sender|user complaints|unsolicited mail originating|too much spam|blocked due to spam/,
      /(?:ip|client|host|server|sending)(?: \S+){0,3} (?:is |has been |was |bloquee? )?(?:blocked|banned|blacklisted|prison)/,
      /black ip|bad sender ip|dynamic\W(?:ip|residential)|residential ip|poor sender|dialup|transient ip/,
      /client host rejected: access|ip address (?:\S+ )?rejected|open (?:relay|proxy)(?! not)/,
      /access denied, traffic|tenant has exceeded|dictionary attack|harvest|(?<!not )\blisted (?:at|in|on|by) /,
    ),
  },

  // How much and how fast.
  {
    class: 'rate',
    text: any(
      /rate[- ]?limit|(?:send|sending|message|receiving|connection|mail) rate|at a rate|unusual rate/,
      /too (?:many|much) (?:\S+ ){0,3}(?:connections?|sessions?|messages?|e?mails?|deliver\w+)/,
      /too (?:quickly|fast|frequent\w*)|(?:frequency|volume) limit|slow(?:ing)? down|throttl/,
      /excessive (?:volume|rate)|unexpected volume|(?:hour|hourly|day|daily|minute)\b.{0,30}limit/,
      /limit\b.{0,40} per (?:hour|day|minute)|limit for the number/,
      /exceeded (?:permitted|its|their|the) (?:\w+ )?limits?/,
      /max(?:imum)? (?:number of )?(?:messages?|concurrent|connections|recipients)|concurrent|thread limit/,
      /too many (?:recipients|rcpt)|reached your daily|sending limit|relay limit|mail flood|congestion/,
      /received too much email/,
    ),
  },

  // What the message is.
  {
    class: 'content',
    text: any(
      /virus|malware|infected|phish|trojan|\bspam\b|junk ?mail|unsolicited/,
      /content(?:s)? (?:\S+ ){0,2}(?:denied|reject|filter|block|presents)/,
      /(?:reject\w*|banned|objectionable|filter\w*) (?:\S+ ){0,2}content|banned (?:content|file|extension)/,
      /links? within|\burls?\b|attachment|security issue|rfc.?\d* ?(?:section \S+ )?compliant|not compliant/,
      /malformed|duplicate headers?|(?:from|message-id|subject|date|to):? header/,
      /valid (?:address in (?:the )?from|message-id)|encoded-word|disallowed header/,
      /header (?:is )?(?:error|based|missing)|headers? are not|header error|message filtered|bulk ?mail/,
      /nature of the content|anti-?spam engine|policy violation detected|bad message|multiple addresses/,
    ),
  },

  // Neither here nor there yet.
  { class: 'network', kind: 4, text: /unverified address.*(?:lost connection|timed out|refused|unreachable)/ },
  {
    class: 'unclear',
    kind: 4,
    text: any(
      /unverified address|verification in progress/,
      /(?:recipient|mailbox|user) (?:is )?(?:temporarily )?unavailable/,
    ),
  },
  { class: 'unclear', kind: 4, text: /^(?:please )?try again later\.?$/ },

  // Whom it is from: none of this says anything of the recipient.
  {
    class: 'policy',
    text: any(
      /(?:sender|return-path|envelope.?from|mail from)\b(?: \S+){0,5} (?:unknown|not exist|n.t exist|invalid|not found|suspended|disabled|unvalidated)/,
      /(?:your|sending) (?:mail |email )?account|denies the sender|sending for this account/,
      /message sending .{0,20}disabled/,
    ),
  },

  // Whom it is for.
  {
    class: 'recipient-unknown',
    text: any(
      /(?:user|recipient|mailbox|account|addressee|address|local ?part|alias|sender's recipient)s?\b(?: \S+){0,5} (?:is |was |are |has been |could ?n.t be |could not be |does ?n.?t |does not |not )?(?:unknown|not (?:be )?found|not known|not exist|n.t exist|exist\b.{0,6}$|no longer|not valid|invalid|inactive|disabled|deactivated|suspended|discontinued|closed|expired|unallocated|not listed|locked)/,
      /user (?:not|n.t) (?:exist|found|known)/,
      /(?:unknown|no such|no|invalid|bad|nonexistent|non-existent|undeliverable|inactive|unrouteable|unroutable) (?:\w+ )?(?:user|recipients?|mailbox|account|address|addressee|person|local ?part|email|destination mailbox|mailhost)/,
      /user unknown|does ?n.t have an? \S+ account|recipient does not have an account|not our customer/,
      /user does not exist|addressee unknown|not in (?:recipient|route) list|user not local/,
      /mailbox name not allowed|inactivity|invalid-recipient|blank mailhost|no-domain|not listed in domino/,
      /no longer (?:valid|available|active|on server)|not a valid mailbox|marked as invalid|recipientnotfound/,
      /recipient address rejected: access denied|recipient addresses rejected ?: ?access denied/,
      /adresse d.? ?au moins un destinataire invalide|not a valid (?:email|rfc.?5321)? ?(?:email )?address/,
      /not a known user|unknown or illegal alias|policy rejection on the target address|nicht bekannt/,
      /unavailable mail user|not user of this server|no correct recipients|banned recipient/,
      /addresses? could not be found|nosuchuser|mailbox (?:for \S+ )?not available/,
    ),
  },
  {
    class: 'recipient-unknown',
    kind: 5,
    text: any(
      /(?:mailbox|recipient|user|account) (?:is )?(?:currently )?unavailable(?!.*(?:policy|policies|access denied|try again))/,
    ),
  },

  // The way there.
  {
    class: 'network',
    text: any(
      /too many hops|hop ?count|exceeded \d+ hops|\bhops\b|(?:mail|routing|forwarding)(?: \w+)? loop|looping/,
      /loop (?:detected|count)|back to myself|no route to host/,
      /connection (?:refused|reset|lost|dropped|timed out|timeout|expired)|lost connection/,
      /network (?:is )?unreachable|message expired|delivery time expired|no answer from host/,
      /in the queue too long|configuration error|establish an smtp connection/,
    ),
  },

  // The rules of the house.
  {
    class: 'policy',
    text: any(
      /gr[ae]y.?list/,
      /relay\w*(?: \w+){0,2} (?:is )?(?:denied|not (?:permitted|allowed)|prohibited|disallowed|refused)/,
      /(?:unable|not (?:allowed|permitted|authorized)|do not|trying) to (?:use me .*)?relay|den(?:y|ies) relay/,
      /as a relay|we do not relay|mail relay denied|rcpthosts|list of allowed|open relay not allowed/,
      /polic(?:y|ies)|administrative(?:ly)? prohibit|envelope (?:blocked|rejected)|blocked senders?/,
      /block-(?:send|rcpt)/,
      /(?:rejected|blocked) by (?:\w+ )?(?:recipient|user|destination|administrator|header based)/,
      /rejected by destination|rejected by recipients?|sender (?:address )?(?:denied|blocked)|invalid sender/,
      /sender (?:is )?(?:not allowed|rejected)|sender address rejected|not in whitelist|ip not in/,
      /not (?:allowed|permitted|authorized) to send|not authorized|delivery not authorized/,
      /does not accept (?:mail|e?mail)|does not want|restricted|license expired|mail sending denied|journal/,
      /message refused|recipient not wanted|not welcome|unauthorized|prohibited/,
    ),
  },

  {
    class: 'network',
    kind: 4,
    text: any(
      /time[d -]?out|temporar(?:y|ily)|service (?:is )?not available|unavailable|server (?:is )?busy/,
      /server error|try again later|try another server|insufficient (?:system )?(?:resources?|storage|disk)/,
      /internal (?:server )?error|resources? |system (?:error|problem|failure)|local (?:error|problem)/,
      /out of (?:memory|disk)|queue|replicat|unable to process connection|maintenance|shutting down|database/,
      /come back later|unreachable|trouble/,
    ),
  },

  // What was said, and how.
  {
    class: 'protocol',
    text: any(
      /syntax|bad sequence|unrecogni[sz]ed command|unimplemented|not implemented|unknown command/,
      /command (?:\w+ )?not (?:recogni[sz]ed|implemented|allowed)|out of sequence|protocol (?:violation|error)/,
      /bare (?:lf|line ?feed|cr)|line too long|smtputf8|8bitmime|internationali[sz]ed/,
      /too many (?:errors|unrecogni[sz]ed|invalid|unauthenticated) ?(?:commands)?|helo first|ehlo/,
      /need fully-qualified|invalid (?:command|argument|parameter|characters)|not a valid rfc.?5321|rcpt first/,
      /mail first|identity changes/,
    ),
  },
]

const ofStatus: readonly Rule[] = [
  { class: 'recipient-unknown', status: /^1\.(?:1|3|4|6)$/ },
  { class: 'recipient-unknown', provider: 'microsoft', status: /^1\.10$/ },
  { class: 'dns', status: /^(?:1\.(?:2|8|10)|4\.4|7\.27)$/ },
  { class: 'protocol', status: /^1\.7$/ },
  { class: 'recipient-unknown', kind: 5, status: /^2\.1$/ },
  { class: 'mailbox-full', status: /^2\.2$/ },
  { class: 'too-large', status: /^(?:2\.3|3\.4)$/ },
  { class: 'rate', status: /^2\.12[12]$/ },
  { class: 'network', status: /^(?:3\.[0125]|4\.[0123567])$/ },
  { class: 'rate', status: /^(?:5\.3|7\.28)$/ },
  { class: 'protocol', status: /^(?:3\.3|5\.\d+|6\.(?:7|8|9|10))$/ },
  { class: 'content', status: /^6\.\d+$/ },
  { class: 'authentication', status: /^7\.(?:8|9|1[34]|2[0-69])$/ },
  { class: 'tls', status: /^7\.(?:10|30|32[1-4])$/ },
]

const ofCodes: readonly Rule[] = [
  { class: 'authentication', code: [530, 534, 535, 538] },
  { class: 'tls', code: [523] },
  { class: 'protocol', code: [500, 501, 502, 503, 504, 555] },
  { class: 'dns', code: [521, 556] },
  { class: 'recipient-unknown', code: [551], stage: ['recipient'] },
  { class: 'mailbox-full', code: [552], stage: ['recipient'] },
  { class: 'too-large', code: [552], stage: ['mail', 'data', 'message'] },
  { class: 'network', code: [421, 432] },
]

export const rules: readonly Rule[] = [...ofProviders, ...ofWords, ...ofStatus, ...ofCodes]
