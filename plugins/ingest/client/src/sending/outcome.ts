/** What a request came to. */
export type Outcome =
  /** By event, in the order sent: durable, or why not. */
  | { readonly is: "answered"; readonly rejections: ReadonlyMap<number, Rejection> }
  /** The same again, after a time (ms) where one was named. */
  | { readonly is: "again"; readonly message: string; readonly afterMs: number | undefined }
  /** The body cannot be taken as it is: in parts, and of one event, never. */
  | { readonly is: "refused"; readonly rejection: Rejection }

export interface Rejection {
  readonly code: string
  readonly pointer: string
  readonly message: string
}

/** Statuses after which the same may go through: what passes with time, and what an operator mends (a token, a grant, an address). */
const lasting: ReadonlySet<number> = new Set([400, 413, 415, 422])

export const outcomeOf = async (reply: Response): Promise<Outcome> => {
  const body: unknown = await reply.json().catch(() => undefined)
  const results = member(body, "results")
  if ((reply.status === 202 || reply.status === 422) && Array.isArray(results))
    return { is: "answered", rejections: rejectionsOf(results) }
  const error = member(body, "error")
  const code = text(member(error, "code"), `HTTP_${reply.status}`)
  const message = text(member(error, "message"), `the address answered ${reply.status}`)
  if (lasting.has(reply.status) && code !== "REQUEST_INCOMPLETE")
    return { is: "refused", rejection: { code, pointer: "", message } }
  return { is: "again", message: `${code}: ${message}`, afterMs: retryAfterMs(reply) }
}

const rejectionsOf = (results: readonly unknown[]): ReadonlyMap<number, Rejection> => {
  const found = new Map<number, Rejection>()
  for (const [index, result] of results.entries()) {
    if (member(result, "status") !== "rejected") continue
    found.set(index, {
      code: text(member(result, "code"), "EVENT_INVALID"),
      pointer: text(member(result, "pointer"), ""),
      message: text(member(result, "message"), "it was rejected")
    })
  }
  return found
}

/** A number of seconds, at most an hour; a date is not sent by the platform. */
const retryAfterMs = (reply: Response): number | undefined => {
  const seconds = Number(reply.headers.get("retry-after") ?? Number.NaN)
  return seconds >= 0 ? Math.min(seconds, 3_600) * 1_000 : undefined
}

const text = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise)

export const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
