/** Why a backup was not made, or is not whole; `path`: of the file in it. */
export class BackupFault extends Error {
  readonly path: string | undefined

  constructor(message: string, path?: string) {
    super(message)
    this.name = "BackupFault"
    this.path = path
  }
}

/** What went wrong, in words: a fault's own, or what the system said. */
export const faultText = (cause: unknown): string => {
  if (cause instanceof BackupFault)
    return cause.path === undefined ? cause.message : `${cause.path}: ${cause.message}`
  return cause instanceof Error ? cause.message : String(cause)
}
