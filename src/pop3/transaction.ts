// The commands of the TRANSACTION state, each in its file.

import type { RetrievalSession } from '#retrieval/retrieval.ts'
import type { Command } from '#wire/pop3/parse.ts'
import { ok } from '#wire/pop3/print.ts'
import { dele } from './dele.ts'
import { list } from './list.ts'
import type { Maildrop } from './maildrop.ts'
import type { MessageSource } from './message-source.ts'
import type { Reply } from './reply.ts'
import { retr } from './retr.ts'
import { rset } from './rset.ts'
import { stat } from './stat.ts'
import { top } from './top.ts'
import { uidl } from './uidl.ts'

export interface Transaction {
  readonly maildrop: Maildrop
  readonly source: MessageSource
  /** What the session does is told to it. */
  readonly told: RetrievalSession
}

export type TransactionCommand = Extract<
  Command,
  { readonly verb: 'STAT' | 'NOOP' | 'RSET' | 'LIST' | 'UIDL' | 'RETR' | 'DELE' | 'TOP' }
>

export async function transact(command: TransactionCommand, { maildrop, source }: Transaction): Promise<Reply> {
  switch (command.verb) {
    case 'STAT':
      return stat(maildrop)
    case 'NOOP':
      return ok(texts => texts.stillHere)
    case 'RSET':
      return rset(maildrop)
    case 'LIST':
      return list(maildrop, command.number)
    case 'UIDL':
      return await uidl(maildrop, command.number)
    case 'RETR':
      return await retr(maildrop, source, command.number)
    case 'TOP':
      return await top(maildrop, source, command)
    case 'DELE':
      return dele(maildrop, command.number)
  }
}
