// SMTP smuggling: one message that somebody takes for several. Each of 81 contents holds two dots, each with one of {CR, LF, CRLF} before
// it and one behind it (9 mixes around the first × 9 around the second), and behind each dot the commands of a further transaction.

const lineEnds = { CR: '\r', LF: '\n', CRLF: '\r\n' } as const
type LineEnd = keyof typeof lineEnds

interface Mix {
  readonly name: string
  readonly octets: string
}

const ends = Object.keys(lineEnds) as LineEnd[] // its keys are these
const mixes: readonly Mix[] = ends.flatMap(before =>
  ends.map(after => ({ name: `${before}.${after}`, octets: `${lineEnds[before]}.${lineEnds[after]}` })),
)

/** Who a next hop would take for the sender of what was smuggled. */
export const smuggler = 'mallory@evil.example'
export const envelope = `MAIL FROM:<${smuggler}>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n`

export interface SmugglingCase {
  readonly name: string
  /** As the smuggler writes it, without the end that really ends it. */
  readonly content: string
}

export const smugglingCases: readonly SmugglingCase[] = mixes.flatMap(first =>
  mixes.map(second => ({
    name: `${first.name} ${second.name}`,
    content: `Subject: one\r\n\r\nfirst${first.octets}${envelope}Subject: two\r\n\r\nsecond${second.octets}${envelope}Subject: three\r\n\r\nthird`,
  })),
)

/** The messages that `stream` (what follows on DATA) holds for one who takes only CRLF.CRLF for an end; dots are still stuffed. */
export function strictMessages(stream: string): string[] {
  return messagesIn(stream, /(?<=^|\r\n)\.\r\n/)
}

/** The same for one who takes any line end before the dot and any behind it. */
export function laxMessages(stream: string): string[] {
  return messagesIn(stream, /(?<=^|\r|\n)\.(?:\r\n|\r|\n)/)
}

function messagesIn(stream: string, end: RegExp): string[] {
  const found: string[] = []
  for (let rest = stream; rest !== ''; ) {
    const { 0: mark = '', index = rest.length } = end.exec(rest) ?? {}
    found.push(rest.slice(0, index))
    rest = rest.slice(index + mark.length)
    if (!rest.startsWith(envelope)) break
    rest = rest.slice(envelope.length)
  }
  return found
}

/** Of a message that came in by DATA: dots unstuffed. */
export function unstuffed(message: string): string {
  return message.replace(/(?<=^|\r\n)\./g, '')
}

/** Every line end CRLF, the last one too. */
export function normalised(message: string): string {
  const text = message.replace(/\r\n|\r|\n/g, '\r\n')
  return text.endsWith('\r\n') ? text : `${text}\r\n`
}

export function hasBareLineEnd(message: string): boolean {
  return /\r(?!\n)|(?<!\r)\n/.test(message)
}
