// How a command ends: the exit codes of sysexits.h that scripts may rely on, and the error that carries one to the operator.

export const exitCode = {
  ok: 0,
  /** The command line is wrong. */
  usage: 64,
  /** What was given is wrong, or does not fit what is there. */
  badData: 65,
  noSuchAccount: 67,
  notRunning: 69,
  /** A fault of Posthouse itself. */
  fault: 70,
  tryAgain: 75,
  notAllowed: 77,
  configuration: 78,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** Ends the command. `next` says what to do about it. */
export class CommandError extends Error {
  readonly code: ExitCode
  readonly next: string | undefined

  constructor(code: ExitCode, message: string, next?: string) {
    super(message)
    this.name = 'CommandError'
    this.code = code
    this.next = next
  }
}
