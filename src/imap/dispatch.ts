// From a parsed command to the file that carries it out, by what it needs: nobody, an account, a selected mailbox.

import type { Account } from '#accounts/account.ts'
import type { Command } from '#wire/imap/command.ts'
import { isAllowed } from '#wire/imap/state.ts'
import { append } from './commands/append.ts'
import { authenticate } from './commands/authenticate.ts'
import { capability } from './commands/capability.ts'
import { close } from './commands/close.ts'
import { copy } from './commands/copy.ts'
import { create } from './commands/create.ts'
import { deleteMailbox } from './commands/delete.ts'
import { enable } from './commands/enable.ts'
import { expunge, uidExpunge } from './commands/expunge.ts'
import { fetch } from './commands/fetch.ts'
import { identify } from './commands/id.ts'
import { idle } from './commands/idle.ts'
import { list } from './commands/list.ts'
import { login } from './commands/login.ts'
import { logout } from './commands/logout.ts'
import { namespace } from './commands/namespace.ts'
import { noop } from './commands/noop.ts'
import { rename } from './commands/rename.ts'
import { search } from './commands/search.ts'
import { select } from './commands/select.ts'
import { startTls } from './commands/starttls.ts'
import { status } from './commands/status.ts'
import { store } from './commands/store.ts'
import { subscribe } from './commands/subscribe.ts'
import type { Conversation } from './conversation.ts'
import { bad, type Reply } from './reply.ts'
import type { Selected } from './selected.ts'

/** A reply, or undefined when the session ends without one. */
type Outcome = Reply | undefined | Promise<Reply | undefined>

export function dispatch(conversation: Conversation, command: Command): Outcome {
  if (!isAllowed(command, conversation.state)) return bad(`${command.verb} is not possible in this state`)
  switch (command.verb) {
    case 'CAPABILITY':
      return capability(conversation)
    case 'NOOP':
    case 'CHECK':
      return noop()
    case 'ID':
      return identify(conversation, command)
    case 'LOGOUT':
      return logout(conversation)
    case 'STARTTLS':
      return startTls(conversation)
    case 'LOGIN':
      return login(conversation, command)
    case 'AUTHENTICATE':
      return authenticate(conversation, command)
    default:
      return conversation.account === undefined
        ? bad('Log in first')
        : forAccount(conversation, conversation.account, command)
  }
}

function forAccount(conversation: Conversation, account: Account, command: Command): Outcome {
  switch (command.verb) {
    case 'ENABLE':
      return enable(conversation, command)
    case 'SELECT':
    case 'EXAMINE':
      return select(conversation, account, command)
    case 'CREATE':
      return create(conversation, account, command)
    case 'DELETE':
      return deleteMailbox(conversation, account, command)
    case 'RENAME':
      return rename(conversation, account, command)
    case 'SUBSCRIBE':
    case 'UNSUBSCRIBE':
      return subscribe(conversation, account, command)
    case 'LIST':
    case 'LSUB':
      return list(conversation, account, command)
    case 'NAMESPACE':
      return namespace(conversation)
    case 'STATUS':
      return status(conversation, account, command)
    case 'APPEND':
      return append(conversation, account, command)
    case 'IDLE':
      return idle(conversation)
    default:
      return conversation.selected === undefined
        ? bad('Select a mailbox first')
        : forMailbox(conversation, conversation.selected, command)
  }
}

function forMailbox(conversation: Conversation, selected: Selected, command: Command): Outcome {
  switch (command.verb) {
    case 'CLOSE':
    case 'UNSELECT':
      return close(conversation, selected, command)
    case 'EXPUNGE':
      return expunge(conversation, selected)
    case 'UID EXPUNGE':
      return uidExpunge(conversation, selected, command)
    case 'SEARCH':
      return search(conversation, selected, command)
    case 'FETCH':
      return fetch(conversation, selected, command)
    case 'STORE':
      return store(conversation, selected, command)
    case 'COPY':
    case 'MOVE':
      return copy(conversation, selected, command)
    default:
      throw new Error(`${command.verb} has no place in the dispatch`)
  }
}
