// How far an SMTP session with a peer had come.

/** What was under way; `message`: the answer to the final dot or to the last BDAT. */
export type Stage = 'connect' | 'greeting' | 'hello' | 'tls' | 'auth' | 'mail' | 'recipient' | 'data' | 'message'
