// Thrown by whoever opens a data folder that another process has open: only one may.

export class FolderInUseError extends Error {
  constructor(folder: string) {
    super(`the data folder ${folder} is open in another process`)
    this.name = 'FolderInUseError'
  }
}
