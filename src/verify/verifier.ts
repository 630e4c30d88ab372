// Who vouches for a message: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 9989). Facts; what follows from them is decided in receive/.
// The library does it, on a thread of its own: a signature is a millisecond of arithmetic in one go. The thread starts with the first
// message and asks back for all it needs: octets of the message, records of DNS.

import { Worker } from 'node:worker_threads'
import type { Clock } from '#io/clock.ts'
import type { Dns } from '#io/dns.ts'
import type { Log } from '#io/log.ts'
import { threadEnvironment } from '#io/thread-environment.ts'
import { answerQuestion } from './answer-question.ts'
import type { Question, ReadableMessage, Verified } from './facts.ts'
import { limits } from './limits.ts'
import type { FromThread, Order, QuestionAnswer, ToThread } from './thread-messages.ts'

export interface Verifier extends AsyncDisposable {
  /** So many messages wait that one more would get no facts: to take it without would be to let through whoever sends the most. */
  readonly isCongested: boolean
  /** Never rejects: what can't be found out is `temperror`. */
  verify(question: Question): Promise<Verified>
}

export interface VerifierNeeds {
  readonly dns: Dns
  readonly clock: Clock
  readonly log: Log
  /** Our own name, the authserv-id. */
  readonly hostname: string
  /** That of limits.ts unless told. */
  readonly waiting?: number
}

export function threadVerifier(needs: VerifierNeeds): Verifier {
  return new ThreadVerifier(needs)
}

interface Job {
  readonly message: ReadableMessage
  readonly startedMs: number
  readonly done: (verified: Verified) => void
  /** Of its questions, those that we owe an answer. */
  open: number
  /** When the thread was last told something of it. */
  toldMs: number
}

type AskedQuestion = Extract<FromThread, { readonly kind: 'question' }>

class ThreadVerifier implements Verifier {
  readonly #needs: VerifierNeeds
  readonly #jobs = new Map<number, Job>()
  #lastJob = 0
  /** When the thread last said anything. */
  #heardMs = 0
  #thread: Worker | undefined
  #idle: Disposable | undefined

  constructor(needs: VerifierNeeds) {
    this.#needs = needs
  }

  get isCongested(): boolean {
    return this.#jobs.size >= (this.#needs.waiting ?? limits.waiting)
  }

  async verify({ address, hello, sender, message }: Question): Promise<Verified> {
    const { clock, log, hostname } = this.#needs
    if (this.isCongested) return unknown(hostname)
    this.#idle?.[Symbol.dispose]()
    const { promise, resolve } = Promise.withResolvers<Verified>()
    this.#lastJob += 1
    const job = this.#lastJob
    const startedMs = clock.monotonicMs()
    const made: Job = { message, startedMs, done: resolve, open: 0, toldMs: startedMs }
    this.#jobs.set(job, made)
    using _limit = clock.after(limits.verifyMs, () => {
      log.warn('verify.too-slow', { address, sender })
      resolve(unknown(hostname))
      if (this.#isStuckIn(made)) this.#endStuck()
    })
    const order: Order = { kind: 'order', job, address, hello, sender, hostname, sizeBytes: message.sizeBytes }
    this.#tell(this.#started(), order)
    try {
      return await promise
    } finally {
      this.#jobs.delete(job)
      if (this.#jobs.size === 0) this.#idle = clock.after(limits.threadIdleMs, () => void this.#end())
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#idle?.[Symbol.dispose]()
    await this.#end()
  }

  #tell(thread: Worker, message: ToThread): void {
    thread.postMessage(message)
  }

  #started(): Worker {
    if (this.#thread !== undefined) return this.#thread
    // In the published package the files are .js.
    const name = import.meta.url.endsWith('.ts') ? './verify-thread.ts' : './verify-thread.js'
    const thread = new Worker(new URL(name, import.meta.url), {
      env: threadEnvironment(),
      resourceLimits: { maxOldGenerationSizeMb: limits.threadMegabytes },
    })
    thread.on('message', (message: FromThread) => void this.#hear(thread, message))
    thread.on('error', error => this.#needs.log.error('verify.thread-died', { error: String(error) }))
    thread.once('exit', () => this.#ended(thread))
    // Behind the listeners: one for `message` makes the process wait for the thread.
    thread.unref()
    this.#thread = thread
    return thread
  }

  async #hear(thread: Worker, message: FromThread): Promise<void> {
    const job = this.#jobs.get(message.job)
    this.#heardMs = this.#needs.clock.monotonicMs()
    if (message.kind === 'question') return await this.#answer(thread, job, message)
    if (message.kind === 'verified') return job?.done(message.verified)
    if (job === undefined) return // given up meanwhile
    this.#needs.log.error('verify.failed', { error: message.error })
    job.done(unknown(this.#needs.hostname))
  }

  async #answer(thread: Worker, job: Job | undefined, { id, question }: AskedQuestion): Promise<void> {
    if (job !== undefined) job.open += 1
    // Of a message that was given up too: the thread would wait for it for ever, and keep what it has of it.
    const isTooLate = job === undefined || this.#isTooLate(job, question)
    const answer: QuestionAnswer = isTooLate
      ? { kind: 'failed', code: 'ETIMEOUT' }
      : await answerQuestion(question, { dns: this.#needs.dns, message: job.message })
    this.#tell(thread, { kind: 'answer', id, answer })
    if (job === undefined) return
    job.open -= 1
    job.toldMs = this.#needs.clock.monotonicMs()
  }

  #isTooLate({ startedMs }: Job, question: AskedQuestion['question']): boolean {
    if (question.kind !== 'records' || !question.name.includes('._domainkey.')) return false
    return this.#needs.clock.monotonicMs() - startedMs >= limits.keysMs
  }

  #isStuckIn({ open, toldMs }: Job): boolean {
    const silentMs = this.#needs.clock.monotonicMs() - Math.max(toldMs, this.#heardMs)
    return open === 0 && silentMs >= limits.stuckMs
  }

  #endStuck(): void {
    this.#needs.log.error('verify.thread-stuck', { silentMs: limits.stuckMs })
    void this.#end()
  }

  /** The next message starts another one; those in it are told that nothing is known. */
  #ended(thread: Worker): void {
    if (this.#thread !== thread) return
    this.#thread = undefined
    for (const { done } of this.#jobs.values()) done(unknown(this.#needs.hostname))
  }

  async #end(): Promise<void> {
    await this.#thread?.terminate()
  }
}

function unknown(hostname: string): Verified {
  return {
    spf: 'temperror',
    dkim: 'temperror',
    dmarc: { result: 'temperror', policy: undefined, domain: undefined },
    field: `Authentication-Results: ${hostname};\r\n\tspf=temperror; dkim=temperror; dmarc=temperror\r\n`,
  }
}
