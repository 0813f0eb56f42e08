/** A reply of the platform that is no success, or no reply at all (`UNREACHABLE`). */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly path: string | undefined
  readonly remedy: string | undefined

  constructor(parts: {
    readonly status: number
    readonly code: string
    readonly message: string
    readonly path?: string | undefined
    readonly remedy?: string | undefined
  }) {
    super(parts.message)
    this.name = "Refusal"
    this.status = parts.status
    this.code = parts.code
    this.path = parts.path
    this.remedy = parts.remedy
  }
}

/** The platform wants a token, or another one. */
export const wantsToken = (error: unknown): boolean =>
  error instanceof Refusal && (error.status === 401 || error.code === "FORBIDDEN")

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

/** Reads the error of a reply; what is no body of the API's is told by its status. */
export const refusalOf = async (response: Response): Promise<Refusal> => {
  const body: unknown = await response.json().catch(() => undefined)
  const error: unknown = typeof body === "object" && body !== null && "error" in body ? body.error : undefined
  return refusalIn(error, response.status)
}

/** The error inside a reply's body or a stream's last line. */
export const refusalIn = (error: unknown, status: number): Refusal => {
  const fields = new Map<string, unknown>(
    typeof error === "object" && error !== null ? Object.entries(error) : []
  )
  return new Refusal({
    status,
    code: textOf(fields.get("code")) ?? `HTTP_${status}`,
    message: textOf(fields.get("message")) ?? `the platform answered with status ${status}`,
    path: textOf(fields.get("path")),
    remedy: textOf(fields.get("remedy"))
  })
}

/** There was no reply: the platform is down, or not to be reached. */
export const unreachable = (): Refusal =>
  new Refusal({
    status: 0,
    code: "UNREACHABLE",
    message: "the platform does not answer",
    remedy: "see whether it is up: `millrace status`; start it with `millrace up`"
  })
