/**
 * An expected failure: what, where, and what to do. Exit codes are those of the `millrace` program: 1 it failed, 64 written
 * wrongly, 65 the input does not fit, 69 a tool or the registry is not there, 130 and 143 ended by a signal.
 */
export class CreateError extends Error {
  /** @param {{ code: string, message: string, where?: string, remedy: string, exit: number }} given */
  constructor({ code, message, where, remedy, exit }) {
    super(message)
    this.name = "CreateError"
    this.code = code
    this.where = where
    this.remedy = remedy
    this.exit = exit
  }
}
