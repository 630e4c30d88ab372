// From a parsed command to the file that carries it out, by what it needs: nobody, an account, a selected mailbox.

import type { Account } from '#accounts/account.ts'
import type { Command } from '#wire/imap/command.ts'
import { commandName, commandRules, isAllowed } from '#wire/imap/state.ts'
import { acl } from './commands/acl.ts'
import { append } from './commands/append.ts'
import { authenticate } from './commands/authenticate.ts'
import { cancelUpdate } from './commands/cancel-update.ts'
import { capability } from './commands/capability.ts'
import { close } from './commands/close.ts'
import { compress } from './commands/compress.ts'
import { copy } from './commands/copy.ts'
import { create } from './commands/create.ts'
import { deleteMailbox } from './commands/delete.ts'
import { enable } from './commands/enable.ts'
import { esearch } from './commands/esearch.ts'
import { expunge, uidExpunge } from './commands/expunge.ts'
import { fetch } from './commands/fetch.ts'
import { genUrlAuth } from './commands/genurlauth.ts'
import { getMetadata } from './commands/get-metadata.ts'
import { identify } from './commands/id.ts'
import { idle } from './commands/idle.ts'
import { list } from './commands/list.ts'
import { login } from './commands/login.ts'
import { logout } from './commands/logout.ts'
import { lsub } from './commands/lsub.ts'
import { namespace } from './commands/namespace.ts'
import { noop } from './commands/noop.ts'
import { notify } from './commands/notify.ts'
import { getQuota, getQuotaRoot, setQuota } from './commands/quota.ts'
import { rename } from './commands/rename.ts'
import { replace } from './commands/replace.ts'
import { resetKey } from './commands/resetkey.ts'
import { search } from './commands/search.ts'
import { select } from './commands/select.ts'
import { setMetadata } from './commands/set-metadata.ts'
import { sort } from './commands/sort.ts'
import { startTls } from './commands/starttls.ts'
import { status } from './commands/status.ts'
import { store } from './commands/store.ts'
import { subscribe } from './commands/subscribe.ts'
import { thread } from './commands/thread.ts'
import { uidBatches } from './commands/uid-batches.ts'
import { unauthenticate } from './commands/unauthenticate.ts'
import { urlFetch } from './commands/urlfetch.ts'
import type { Conversation } from './conversation.ts'
import { bad, type Reply, uidRequired } from './reply.ts'
import { refusalWhenSelected } from './rights.ts'
import { resolveSaved } from './search/saved-result.ts'
import type { Selected } from './selected.ts'

/** A reply, or undefined when the session ends without one. */
type Outcome = Reply | undefined | Promise<Reply | undefined>

export function dispatch(conversation: Conversation, command: Command): Outcome {
  if (conversation.hides(commandName(command))) return bad('There is no such command')
  if (!isAllowed(command, conversation.state)) return bad(`${command.verb} is not possible in this state`)
  if (conversation.dialect.uidOnly && commandRules[commandName(command)].usesSequenceNumbers) return uidRequired()
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
      return enable(conversation, account, command)
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
      return list(conversation, account, command)
    case 'LSUB':
      return lsub(conversation, account, command)
    case 'NAMESPACE':
      return namespace(conversation)
    case 'SETACL':
    case 'DELETEACL':
    case 'GETACL':
    case 'LISTRIGHTS':
    case 'MYRIGHTS':
      return acl(conversation, account, command)
    case 'STATUS':
      return status(conversation, account, command)
    case 'GETMETADATA':
      return getMetadata(conversation, account, command)
    case 'SETMETADATA':
      return setMetadata(conversation, account, command)
    case 'GETQUOTA':
      return getQuota(conversation, account, command)
    case 'GETQUOTAROOT':
      return getQuotaRoot(conversation, account, command)
    case 'SETQUOTA':
      return setQuota()
    case 'NOTIFY':
      return notify(conversation, account, command)
    case 'APPEND':
      return append(conversation, account, command)
    case 'COMPRESS':
      return compress(conversation, command)
    case 'GENURLAUTH':
      return genUrlAuth(conversation, account, command)
    case 'URLFETCH':
      return urlFetch(conversation, account, command)
    case 'RESETKEY':
      return resetKey(conversation, account, command)
    case 'UNAUTHENTICATE':
      return unauthenticate(conversation)
    case 'IDLE':
      return idle(conversation)
    case 'ESEARCH':
      return esearch(conversation, account, command)
    default:
      return conversation.selected === undefined
        ? bad('Select a mailbox first')
        : forMailbox(conversation, account, conversation.selected, resolveSaved(command, conversation.selected))
  }
}

function forMailbox(conversation: Conversation, account: Account, selected: Selected, command: Command): Outcome {
  const refusal = refusalWhenSelected(selected.view, command)
  if (refusal !== undefined) return refusal
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
    case 'SORT':
      return sort(conversation, selected, command)
    case 'THREAD':
      return thread(conversation, selected, command)
    case 'CANCELUPDATE':
      return cancelUpdate(selected, command)
    case 'UIDBATCHES':
      return uidBatches(conversation, selected, command)
    case 'FETCH':
      return fetch(conversation, selected, command)
    case 'STORE':
      return store(conversation, selected, command)
    case 'COPY':
    case 'MOVE':
      return copy(conversation, account, selected, command)
    case 'REPLACE':
      return replace(conversation, account, selected, command)
    default:
      throw new Error(`${command.verb} has no place in the dispatch`)
  }
}
