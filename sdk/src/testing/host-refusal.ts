/** A host request that a test refuses or lets fail. `code`: as the worker would give it. */
export class HostRefusal extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}
