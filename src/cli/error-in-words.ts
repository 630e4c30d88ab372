// Errors of the outside in an operator's words, with the exit code and the next step. What is not here is a fault of ours.

import { TokenKeysError } from '#accounts/access-tokens.ts'
import { ControlError } from '#control/client.ts'
import { FolderInUseError } from '#control/folder-in-use-error.ts'
import { NewerDatabaseError } from '#io/sql/migrate.ts'
import { PasswordFileError } from '#send/credentials.ts'
import { CertificateError } from '#tls/contexts.ts'
import { CommandError, exitCode } from './exit.ts'

export function errorInWords(error: unknown): CommandError | undefined {
  if (error instanceof FolderInUseError)
    return new CommandError(exitCode.tryAgain, error.message, 'stop the other one, or wait until it is ready')
  if (error instanceof ControlError) return controlErrorInWords(error)
  if (error instanceof NewerDatabaseError)
    return new CommandError(exitCode.badData, error.message, 'install that version or a newer one')
  if (error instanceof CertificateError || error instanceof TokenKeysError || error instanceof PasswordFileError)
    return new CommandError(exitCode.configuration, error.message, 'posthouse config check')
  if (!(error instanceof Error)) return undefined
  switch (codeOf(behind(error))) {
    case 'EADDRINUSE':
      return new CommandError(
        exitCode.tryAgain,
        error.message,
        'ss -ltnp shows which program it is; other ports: dev --port-offset, listeners in the configuration',
      )
    case 'EADDRNOTAVAIL':
      return new CommandError(exitCode.configuration, error.message, 'ip address shows those it has')
    case 'EACCES':
    case 'EPERM':
      return new CommandError(exitCode.notAllowed, error.message, nextWhenForbidden(error))
    case 'EROFS':
    case 'sqlite-read-only':
      return new CommandError(
        exitCode.notAllowed,
        `the data folder cannot be written: ${error.message}`,
        'ls -ld shows whose it is; mount, whether it is read-only',
      )
    case 'ENOTDIR':
    case 'EEXIST':
      return new CommandError(exitCode.configuration, `the data folder is no folder: ${error.message}`, 'name another')
    case 'ENOSPC':
    case 'disk-full':
      return new CommandError(exitCode.tryAgain, `the disk is full: ${error.message}`, 'make room')
    default:
      return undefined
  }
}

/** A listener's error has the system's as its cause, with the port unless it is a unix socket's; the others are about files. */
function nextWhenForbidden(error: Error): string {
  const system = behind(error)
  return 'port' in system && Number(system.port) >= 0
    ? 'under systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE; to try things: posthouse dev'
    : "run it as the folder's owner (sudo -u), or give it the right"
}

/** What we say in words has the system's error as its cause, or as its cause's. */
function behind(error: Error): Error {
  return codeOf(error) === undefined && error.cause instanceof Error ? behind(error.cause) : error
}

function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined
  if (error.name === 'DiskFullError') return 'disk-full'
  // SQLITE_READONLY, SQLITE_CANTOPEN, whatever their details.
  if ('errcode' in error && [8, 14].includes(Number(error.errcode) & 0xff)) return 'sqlite-read-only'
  return 'code' in error ? error.code : undefined
}

function controlErrorInWords(error: ControlError): CommandError {
  const next = error.reason === 'gone' ? 'posthouse status' : "look into the server's log"
  return new CommandError(exitCode.tryAgain, error.message, next)
}
