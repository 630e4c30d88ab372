// An outcome's value, or its refusal in words, with the exit code and the next step.

import type { Outcome, Refusal, RefusalKind } from '#accounts/refusal.ts'
import { CommandError, type ExitCode, exitCode } from './exit.ts'

/** Throws CommandError for a refusal. */
export function valueFrom<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'done') return outcome.value
  throw inWords(outcome)
}

interface Words {
  readonly code: ExitCode
  readonly says: (subject: string) => string
  readonly next: (subject: string) => string
}

const words: { readonly [K in RefusalKind]: Words } = {
  'bad-domain': {
    code: exitCode.badData,
    says: subject => `"${subject}" is no domain name`,
    next: () => 'write it like example.com',
  },
  'bad-address': {
    code: exitCode.badData,
    says: subject => `"${subject}" is no mail address`,
    next: () => 'write it like alice@example.com',
  },
  'bad-password': {
    code: exitCode.badData,
    says: () =>
      'this cannot be a password: it is empty, longer than 1,024 bytes, or has characters in it that nobody can type',
    next: () => 'choose another',
  },
  'no-such-domain': {
    code: exitCode.badData,
    says: subject => `there is no domain ${subject} here`,
    next: subject => `posthouse domain list shows those there are; posthouse domain add ${subject} takes it in`,
  },
  'no-such-account': {
    code: exitCode.noSuchAccount,
    says: subject => `there is no account ${subject}`,
    next: () => 'posthouse account list',
  },
  'no-such-alias': {
    code: exitCode.badData,
    says: subject => `there is no alias ${subject}`,
    next: () => 'posthouse alias list',
  },
  'no-such-grant': {
    code: exitCode.badData,
    says: subject => `${subject} was not granted to this account`,
    next: () => 'posthouse account show ADDRESS lists what is granted',
  },
  'no-such-mailbox': {
    code: exitCode.badData,
    says: subject => `the account has no mailbox ${subject}`,
    next: () => 'write its whole name, as mail programs show it: Team/Plans',
  },
  'bad-mailbox': {
    code: exitCode.badData,
    says: subject => `"${subject}" cannot be made a mailbox`,
    next: () => 'choose another name, like Found or Team/Plans; an account may have 10,000 mailboxes',
  },
  'no-such-message': {
    code: exitCode.badData,
    says: subject => `no removed message ${subject} is kept (any more)`,
    next: () => 'posthouse mail deleted ADDRESS lists those that are',
  },
  'over-quota': {
    code: exitCode.badData,
    says: subject => `${subject} has no room for it`,
    next: subject => `give it more (posthouse quota set ${subject} SIZE), or take less`,
  },
  'too-many-imports': {
    code: exitCode.tryAgain,
    says: subject => `${subject} messages of imports are on their way already`,
    next: () => 'wait until the other imports are done',
  },
  'no-such-upload': {
    code: exitCode.tryAgain,
    says: subject => `a message for ${subject} came too slowly`,
    next: () => 'give the same command again: it goes on where it was',
  },
  'no-such-right': {
    code: exitCode.badData,
    says: subject => `nothing was given to ${subject} there`,
    next: () => 'posthouse acl list ADDRESS shows what was',
  },
  'bad-rights': {
    code: exitCode.badData,
    says: subject => `"${subject}" are no rights`,
    next: () => 'read, write, all, or some of the letters lrswipkxtea',
  },
  owner: {
    code: exitCode.badData,
    says: subject => `${subject} is the owner and has every right to it`,
    next: () => 'name another account, or anyone',
  },
  'too-many-rights': {
    code: exitCode.badData,
    says: subject => `${subject} has as many entries as there may be`,
    next: () => 'remove some, or give the right to anyone',
  },
  'bad-setting': {
    code: exitCode.badData,
    says: subject => `"${subject}" cannot be set`,
    next: () => 'posthouse account pop3 --help says what can be',
  },
  'bad-filter': {
    code: exitCode.badData,
    says: subject => `"${subject}" chooses no messages`,
    next: () => 'posthouse queue list --help tells the filters',
  },
  'too-many': {
    code: exitCode.badData,
    says: subject => `${subject} has as many grants as there may be`,
    next: () => 'grant a whole domain (@example.com), or revoke some',
  },
  'too-many-targets': {
    code: exitCode.badData,
    says: subject => `${subject} would lead to more addresses than it may`,
    next: () => 'an alias may have 200 targets, an account 20; an alias may lead to other aliases',
  },
  'bad-target': {
    code: exitCode.badData,
    says: subject => `${subject} cannot lead to itself alone`,
    next: () => 'name another address; posthouse account forward ADDRESS --off ends a forward',
  },
  'already-exists': {
    code: exitCode.badData,
    says: subject => `${subject} exists already`,
    next: () => 'choose another name, or remove that one first',
  },
  'in-use': {
    code: exitCode.badData,
    says: subject => `${subject} still has accounts`,
    next: subject => `remove them first, or, with all their mail: posthouse domain remove ${subject} --with-accounts`,
  },
}

function inWords({ kind, subject }: Refusal): CommandError {
  const { code, says, next } = words[kind]
  return new CommandError(code, says(subject), next(subject))
}
