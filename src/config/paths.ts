// Where things lie in the data folder. The server and the command line must agree on it.

import { join } from 'node:path'

/** SQLite's file. */
export const databasePath = (data: string): string => join(data, 'posthouse.db')

/** Where the running server listens for the command line. */
export const controlSocketPath = (data: string): string => join(data, 'control.sock')

/** The installation's own CA (`ca.pem`) and what it signed. */
export const tlsFolder = (data: string): string => join(data, 'tls')
