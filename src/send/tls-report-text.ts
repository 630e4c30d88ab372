// A day's report about TLS as RFC 8460 has it: JSON (4.4), compressed, and the message that carries it (5.3). Pure, over what was counted.

import { Base64Lines } from '#text/base64-lines.ts'
import { fromUtf8, latin1 } from '#text/bytes.ts'
import { printMailDate } from '#text/date.ts'
import { dayMs, type FailureDetail, type ResultDetail } from './tls-results.ts'

export interface CountedDetail extends ResultDetail {
  readonly sessions: number
}

export interface TlsReport {
  /** Days since 1970. */
  readonly day: number
  /** The mail domain whose report it is. */
  readonly domain: string
  readonly id: string
  readonly organization: string
  /** A mail address. */
  readonly contact: string
  readonly results: readonly CountedDetail[]
}

export function reportJson({ day, id, organization, contact, results }: TlsReport): string {
  return JSON.stringify({
    'organization-name': organization,
    'date-range': {
      'start-datetime': new Date(day * dayMs).toISOString().replace('.000', ''),
      'end-datetime': new Date((day + 1) * dayMs - 1000).toISOString().replace('.000', ''),
    },
    'contact-info': contact,
    'report-id': id,
    policies: [...Map.groupBy(results, one => JSON.stringify(one.policy)).values()].map(policyJson),
  })
}

function policyJson(results: readonly CountedDetail[]) {
  const policy = results[0]?.policy
  const sessions = (of: readonly CountedDetail[]) => of.reduce((sum, one) => sum + one.sessions, 0)
  const failed = results.filter(one => one.failure !== undefined)
  return {
    policy: {
      'policy-type': policy?.type,
      ...(policy && policy.lines.length > 0 && { 'policy-string': policy.lines }),
      // RFC 8460 1.1: of DANE it is the name that has the records.
      'policy-domain': policy?.type === 'tlsa' ? policy.hosts[0] : policy?.domain,
      ...(policy && policy.hosts.length > 0 && { 'mx-host': policy.hosts }),
    },
    summary: {
      'total-successful-session-count': sessions(results) - sessions(failed),
      'total-failure-session-count': sessions(failed),
    },
    ...(failed.length > 0 && {
      'failure-details': failed.flatMap(({ failure, sessions }) => (failure ? [failureJson(failure, sessions)] : [])),
    }),
  }
}

function failureJson({ resultType, reason, host, address, localAddress }: FailureDetail, sessions: number) {
  return {
    'result-type': resultType,
    'sending-mta-ip': localAddress,
    'receiving-mx-hostname': host,
    'receiving-ip': address,
    'failed-session-count': sessions,
    'failure-reason-code': reason,
  }
}

/** RFC 8460 5.1. `submitter` is a domain. */
export function reportFileName({ day, domain, id }: TlsReport, submitter: string): string {
  return `${submitter}!${domain}!${(day * dayMs) / 1000}!${((day + 1) * dayMs) / 1000 - 1}!${id}.json.gz`
}

export interface ReportMessage {
  readonly report: TlsReport
  /** Of the host that reports, in ASCII. */
  readonly hostname: string
  readonly to: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** JSON, compressed. */
  readonly content: Uint8Array
}

/** The message, in CRLF. */
export function reportMessage({ report, hostname, to, now, content }: ReportMessage): Uint8Array {
  const { domain, id, contact, organization, day } = report
  const boundary = `tlsrpt-${id}`
  const name = reportFileName(report, hostname)
  const words = `This is the report of ${oneLine(organization)} about the TLS of mail to ${domain}\r\non ${new Date(day * dayMs).toISOString().slice(0, 10)} (UTC), as RFC 8460 has it.`
  const lines = [
    `From: <${contact}>`,
    `To: <${to}>`,
    `Subject: Report Domain: ${domain}\r\n Submitter: ${hostname}\r\n Report-ID: <${id}@${hostname}>`,
    `Date: ${printMailDate(now)}`,
    `Message-ID: <${id}@${hostname}>`,
    'Auto-Submitted: auto-generated',
    // A report about TLS must not fail for the TLS that it is about (RFC 8460 3, 8689 3).
    'TLS-Required: No',
    `TLS-Report-Domain: ${domain}`,
    `TLS-Report-Submitter: ${hostname}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type="tlsrpt";\r\n\tboundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    words,
    '',
    `--${boundary}`,
    'Content-Type: application/tlsrpt+gzip',
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment;\r\n\tfilename="${name}"`,
    '',
    base64(content),
    `--${boundary}--`,
    '',
  ]
  return fromUtf8(lines.join('\r\n'))
}

function base64(content: Uint8Array): string {
  const lines = new Base64Lines()
  const whole = latin1(lines.push(content))
  return whole + latin1(lines.end())
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ')
}
