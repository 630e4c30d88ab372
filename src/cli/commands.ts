// Every command, by name. Each is loaded when it is called for, so that none waits for the others' imports.

import type { Command } from './command.ts'

export interface CommandEntry {
  readonly name: string
  readonly summary: string
  load(): Promise<{ readonly command: Command }>
}

export const commands: readonly CommandEntry[] = [
  { name: 'dev', summary: 'a complete server to try things on, in one process', load: () => import('./dev.ts') },
  { name: 'serve', summary: 'the server, from a configuration file', load: () => import('./serve.ts') },
  { name: 'status', summary: 'whether the server runs, and where it listens', load: () => import('./status.ts') },
  { name: 'config check', summary: 'say what is wrong with a file', load: () => import('./config-check.ts') },
  { name: 'config show', summary: 'print it with every default', load: () => import('./config-show.ts') },
  { name: 'domain add', summary: 'take mail for a domain', load: () => import('./domain-add.ts') },
  { name: 'domain list', summary: 'list the domains', load: () => import('./domain-list.ts') },
  { name: 'domain remove', summary: 'take no more mail for a domain', load: () => import('./domain-remove.ts') },
  { name: 'account add', summary: 'make an account', load: () => import('./account-add.ts') },
  { name: 'account list', summary: 'list the accounts', load: () => import('./account-list.ts') },
  { name: 'account show', summary: 'all about one account', load: () => import('./account-show.ts') },
  { name: 'account passwd', summary: 'set the password', load: () => import('./account-passwd.ts') },
  { name: 'account disable', summary: 'no login, no mail, nothing lost', load: () => import('./account-disable.ts') },
  { name: 'account enable', summary: 'the end of that', load: () => import('./account-enable.ts') },
  { name: 'account remove', summary: 'remove it with all its mail', load: () => import('./account-remove.ts') },
  { name: 'account grant', summary: 'let it send as another address', load: () => import('./account-grant.ts') },
  { name: 'account revoke', summary: 'the end of that', load: () => import('./account-revoke.ts') },
  { name: 'account hide', summary: 'hide capabilities of IMAP from it', load: () => import('./account-hide.ts') },
  {
    name: 'account pop3',
    summary: 'what POP3 may do to mail that IMAP shows too',
    load: () => import('./account-pop3.ts'),
  },
  { name: 'account devices', summary: 'who reads it with what', load: () => import('./account-devices.ts') },
  { name: 'alias add', summary: 'one more address for an account', load: () => import('./alias-add.ts') },
  { name: 'alias list', summary: 'list the aliases', load: () => import('./alias-list.ts') },
  { name: 'alias remove', summary: 'remove an alias', load: () => import('./alias-remove.ts') },
  { name: 'acl list', summary: 'who may see whose mailboxes', load: () => import('./acl-list.ts') },
  { name: 'acl given', summary: 'what others let an account see', load: () => import('./acl-given.ts') },
  { name: 'acl set', summary: 'let others see a mailbox, or do more', load: () => import('./acl-set.ts') },
  { name: 'acl remove', summary: 'the end of that', load: () => import('./acl-remove.ts') },
  { name: 'quota show', summary: 'how much an account holds, and may hold', load: () => import('./quota-show.ts') },
  { name: 'quota set', summary: 'how much an account may hold', load: () => import('./quota-set.ts') },
  {
    name: 'mail deleted',
    summary: 'messages that were removed, and can be restored',
    load: () => import('./mail-deleted.ts'),
  },
  { name: 'mail restore', summary: 'put them back', load: () => import('./mail-restore.ts') },
  { name: 'mail import', summary: 'bring mail of another server', load: () => import('./mail-import.ts') },
  { name: 'greylist list', summary: 'who is asked to come again', load: () => import('./greylist-list.ts') },
  { name: 'greylist allow', summary: 'let them in now', load: () => import('./greylist-allow.ts') },
  { name: 'queue list', summary: 'messages that wait for their time', load: () => import('./queue-list.ts') },
  { name: 'queue show', summary: 'all about one of them', load: () => import('./queue-show.ts') },
  { name: 'queue release', summary: 'deliver one now', load: () => import('./queue-release.ts') },
  { name: 'queue drop', summary: 'take one away', load: () => import('./queue-drop.ts') },
  { name: 'explain', summary: 'what a reply of a mail server means', load: () => import('./explain.ts') },
  { name: 'restore finish', summary: 'once a backup was put back', load: () => import('./restore-finish.ts') },
  { name: 'index rebuild', summary: 'make the search index anew', load: () => import('./index-rebuild.ts') },
  { name: 'index show', summary: 'how much of it stands', load: () => import('./index-show.ts') },
  { name: 'check', summary: 'look through the whole store for damage', load: () => import('./check.ts') },
]
