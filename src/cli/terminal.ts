// What a command knows of the world it was called in: the texts it reads and prints, the folder it stands in, when it is told to stop.

export interface Terminal {
  /** The working folder, absolute. */
  readonly folder: string
  /** How this program is called in that folder's shell. */
  readonly program: string
  /** Somebody sits there and can answer. */
  readonly interactive: boolean
  /** A line of data, to stdout. */
  out(line: string): void
  /** A line for the reader, to stderr. */
  err(line: string): void
  /** A line typed without echo; undefined when the typist gave up (Ctrl-C, Ctrl-D). */
  askSecret(prompt: string): Promise<string | undefined>
  /** A line typed; '' when the typist gave up. */
  ask(prompt: string): Promise<string>
  /** The first line of stdin, without its end. */
  readLine(): Promise<string>
  /** All of stdin, up to a limit; bytes that are no UTF-8 become marks. */
  readText(): Promise<string>
  /** Settles when the process is told to stop, or nobody reads stdout any more. Listens for signals from the first call on. */
  stopped(): Promise<void>
}
