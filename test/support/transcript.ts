// Transcripts: what clients say and what the server answers, line by line, over one or more connections. One file is one test.
//
//   # a comment; blank lines mean nothing
//   1 O: submission          connection 1 is opened with the opener of that name (needed only when there are several)
//   1 C: EHLO client.test    sent with CRLF; C: lines that follow each other on one connection leave in one piece
//   1 C:+ no line end        sent as it stands
//   1 C: <end>               the client ends its side
//   1 S: 250-*               exactly one line is expected; `*` is any text within it (but a `*` and a space at its start, IMAP's mark, and `\*`, are themselves)
//   1 S: ...                 any number of lines, up to the one that the next S: wants
//   1 S: <nothing>           the server waits and has said nothing more
//   1 S: <closed>            the server has closed
//   ! drain now              calls the action `drain` with `now`
//
// The connection's name may be left out: then it is 1. `\r \n \0 \xNN \\ \*` are octets, any other backslash is itself. `${name}` captures text
// in the first S: line that has it and stands for it from there on; `${a\r\n*600}` is 600 times what stands before the star. Octets: a file is read as latin1.

import assert from 'node:assert/strict'

/** The client's end of a connection: `MemoryPeer` of io/memory-channel.ts, or a socket dressed as one. */
export interface TranscriptPeer {
  send(bytes: string | Uint8Array): void
  /** What came since the last call, a character per octet, once the server waits for input. */
  receive(): Promise<string>
  end(): void
  readonly closed: boolean
}

export type Step = { readonly line: number; readonly connection: string } & (
  | { readonly kind: 'open'; readonly opener: string }
  | { readonly kind: 'send'; readonly text: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'expect'; readonly pattern: string }
  | { readonly kind: 'any' | 'nothing' | 'closed' }
  | { readonly kind: 'action'; readonly name: string; readonly argument: string }
)

export interface TranscriptNeeds {
  /** A connection that no O: line opened gets the first one. */
  readonly openers: Readonly<Record<string, () => TranscriptPeer | Promise<TranscriptPeer>>>
  readonly actions?: Readonly<Record<string, (argument: string) => void | Promise<void>>>
  /** How long a line that does not come is waited for; a passing test never waits. */
  readonly patienceMs?: number
}

const stepLine = /^(?:([A-Za-z0-9_-]+) )?([OCS]):(\+?)(?: (.*))?$/

/** Steps of a transcript (latin1 text). Throws Error with the line's number on a line that is no step. */
export function parseTranscript(text: string): readonly Step[] {
  const steps: Step[] = []
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (raw.trim() === '' || raw.startsWith('#')) continue
    steps.push(parseStep(raw, index + 1))
  }
  return steps
}

function parseStep(raw: string, line: number): Step {
  if (raw.startsWith('! ')) {
    const [name = '', ...rest] = raw.slice(2).split(' ')
    return { line, connection: '', kind: 'action', name, argument: rest.join(' ') }
  }
  const match = stepLine.exec(raw)
  if (match === null) throw new Error(`line ${line} is no step: ${raw}`)
  const [, connection = '1', side, plus, words = ''] = match
  const at = { line, connection }
  if (side === 'O') return { ...at, kind: 'open', opener: words }
  if (side === 'C') {
    if (words === '<end>') return { ...at, kind: 'end' }
    return { ...at, kind: 'send', text: plus === '+' ? words : `${words}\\r\\n` }
  }
  if (words === '...') return { ...at, kind: 'any' }
  if (words === '<nothing>') return { ...at, kind: 'nothing' }
  if (words === '<closed>') return { ...at, kind: 'closed' }
  return { ...at, kind: 'expect', pattern: words }
}

/** Runs `text`, the transcript in latin1. Rejects with an AssertionError that names the line that went otherwise. */
export async function runTranscript(text: string, needs: TranscriptNeeds): Promise<void> {
  const run = new Run(needs)
  try {
    await run.play(parseTranscript(text))
  } finally {
    run.endAll()
  }
}

interface Connection {
  readonly peer: TranscriptPeer
  received: string
  /** After `...`: lines that don't match are passed over. */
  skipping: boolean
}

class Run {
  readonly #needs: TranscriptNeeds
  readonly #connections = new Map<string, Connection>()
  readonly #captures = new Map<string, string>()
  #pending: { connection: string; text: string } | undefined

  constructor(needs: TranscriptNeeds) {
    this.#needs = needs
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (this.#pending !== undefined && !(step.kind === 'send' && step.connection === this.#pending.connection))
        await this.#sendPending()
      await this.#take(step)
    }
    await this.#sendPending()
    for (const [name, connection] of this.#connections) {
      connection.received += await connection.peer.receive()
      if (!connection.skipping) assert.equal(connection.received, '', `connection ${name}: unexpected at the end`)
    }
  }

  endAll(): void {
    for (const connection of this.#connections.values()) if (!connection.peer.closed) connection.peer.end()
  }

  async #take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'open':
        assert.ok(!this.#connections.has(step.connection), `line ${step.line}: already open`)
        return void (await this.#open(step.connection, step.opener))
      case 'send':
        this.#pending = { connection: step.connection, text: (this.#pending?.text ?? '') + this.#octets(step.text) }
        return
      case 'end':
        return (await this.#connection(step.connection)).peer.end()
      case 'any':
        ;(await this.#connection(step.connection)).skipping = true
        return
      case 'action': {
        const action = this.#needs.actions?.[step.name]
        assert.ok(action !== undefined, `line ${step.line}: no action ${step.name}`)
        for (const connection of this.#connections.values()) connection.received += await connection.peer.receive()
        return await action(this.#octets(step.argument))
      }
      default:
        return await this.#expect(step, await this.#connection(step.connection))
    }
  }

  async #expect(step: Step, connection: Connection): Promise<void> {
    if (step.kind === 'expect') return await this.#expectLine(step, step.pattern, connection)
    if (step.kind === 'nothing') {
      connection.received += await connection.peer.receive()
      return assert.equal(connection.received, '', `line ${step.line}: the server should have said nothing`)
    }
    while (!connection.peer.closed && (await this.#more(connection)));
    connection.received += await connection.peer.receive()
    assert.ok(
      connection.peer.closed,
      `line ${step.line}: the server should have closed; it said ${connection.received}`,
    )
    if (!connection.skipping) assert.equal(connection.received, '', `line ${step.line}: unexpected before the close`)
    connection.received = ''
    connection.skipping = false
  }

  async #expectLine(step: Step, pattern: string, connection: Connection): Promise<void> {
    const passedOver: string[] = []
    for (;;) {
      const line = await this.#line(connection)
      const where = `line ${step.line}, connection ${step.connection}`
      if (line === undefined) {
        const seen = connection.received + (passedOver.length > 0 ? `\npassed over:\n${passedOver.join('\n')}` : '')
        assert.fail(`${where}: wanted ${JSON.stringify(pattern)}, nothing more came: ${seen}`)
      }
      if (this.#matches(pattern, line)) break
      if (!connection.skipping) assert.equal(line, this.#octets(pattern), `${where}: wanted ${pattern}, got ${line}`)
      if (!connection.skipping) assert.fail(`${where}: wanted ${pattern}, got ${line}`)
      passedOver.push(line)
    }
    connection.skipping = false
  }

  async #line(connection: Connection): Promise<string | undefined> {
    for (;;) {
      const end = connection.received.indexOf('\r\n')
      if (end >= 0) {
        const line = connection.received.slice(0, end)
        connection.received = connection.received.slice(end + 2)
        return line
      }
      if (!(await this.#more(connection))) return undefined
    }
  }

  /** Waits until something came; false when the server closed or patience ended. */
  async #more(connection: Connection): Promise<boolean> {
    const deadline = performance.now() + (this.#needs.patienceMs ?? 5000)
    for (;;) {
      const came = await connection.peer.receive()
      connection.received += came
      if (came !== '') return true
      if (connection.peer.closed || performance.now() > deadline) return false
      // A change may still be on its way from another connection: let the loop turn.
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  #matches(pattern: string, line: string): boolean {
    const names: string[] = []
    const match = new RegExp(`^${this.#expression(pattern, names)}$`, 's').exec(line)
    if (match === null) return false
    for (const [index, name] of names.entries()) this.#captures.set(name, match[index + 1] ?? '')
    return true
  }

  /** The regular expression of an S: line; the names of its captures go to `names`, in order. */
  #expression(pattern: string, names: string[]): string {
    const untagged = pattern.startsWith('* ')
    const parts = (untagged ? pattern.slice(1) : pattern).split(/(\\\*|\*|\$\{[^}*]+\})/)
    const body = parts.map(part => {
      if (part === '\\*') return '\\*'
      if (part === '*') return '.*'
      if (!part.startsWith('${')) return RegExp.escape(this.#octets(part))
      const name = part.slice(2, -1)
      const known = this.#captures.get(name)
      if (known !== undefined) return RegExp.escape(known)
      if (names.includes(name)) return `\\${names.indexOf(name) + 1}`
      names.push(name)
      return '(.*?)'
    })
    return (untagged ? '\\*' : '') + body.join('')
  }

  /** What a written text stands for: escapes, repeats and captures put in. */
  #octets(text: string): string {
    return text.replace(
      /\\(?:x([0-9A-Fa-f]{2})|([rn0\\*]))|\$\{([^}]+)\*(\d+)\}|\$\{([^}*]+)\}/g,
      (written, hex, letter, repeated, count, name) => {
        if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
        if (letter !== undefined) return escapes[letter] ?? letter
        if (repeated !== undefined) return this.#octets(repeated).repeat(Number(count))
        return this.#captures.get(name) ?? written
      },
    )
  }

  async #sendPending(): Promise<void> {
    const pending = this.#pending
    if (pending === undefined) return
    this.#pending = undefined
    const connection = await this.#connection(pending.connection)
    connection.peer.send(Buffer.from(pending.text, 'latin1'))
  }

  async #connection(name: string): Promise<Connection> {
    return this.#connections.get(name) ?? (await this.#open(name, Object.keys(this.#needs.openers)[0] ?? ''))
  }

  async #open(name: string, opener: string): Promise<Connection> {
    const open = this.#needs.openers[opener]
    assert.ok(open !== undefined, `no opener ${opener}`)
    const connection: Connection = { peer: await open(), received: '', skipping: false }
    this.#connections.set(name, connection)
    return connection
  }
}

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', '0': '\0', '\\': '\\', '*': '*' }
