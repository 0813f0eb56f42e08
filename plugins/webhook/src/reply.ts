import { type HttpResponse, valueAt } from "@millrace/sdk"
import type { Settings } from "./config.ts"

/** A record that the receiver named, by its place in the request. */
export interface NotTaken {
  readonly index: number
  readonly reason: string
  readonly isRetryable: boolean
}

/** What a reply means for the records of its request. */
export type Verdict =
  | { readonly is: "taken"; readonly except: readonly NotTaken[] }
  /** May be taken later. */
  | { readonly is: "unavailable"; readonly reason: string }
  /** These records will never be. */
  | { readonly is: "refused"; readonly reason: string }
  /** No record is at fault: the node is set up wrongly. */
  | { readonly is: "misdirected"; readonly reason: string }

/** Said of whoever sends, not of what is sent: 401, 403 and 407. */
const credentialStatuses = [401, 403, 407]

/** `records`: how many the request carried. */
export const judge = (reply: HttpResponse, records: number, settings: Settings): Verdict => {
  const { status } = reply
  if (status >= 200 && status <= 299) return taken(reply, records, settings)
  const reason = `the receiver answered ${status}${excerpt(reply)}`
  if (settings.retryStatuses.includes(status)) return { is: "unavailable", reason }
  if (credentialStatuses.includes(status) || (status >= 300 && status <= 399)) {
    return { is: "misdirected", reason }
  }
  return { is: "refused", reason }
}

const taken = (reply: HttpResponse, records: number, { partial }: Settings): Verdict => {
  if (partial === undefined) return { is: "taken", except: [] }
  const items = valueAt(jsonOf(reply), partial.failed)
  if (items === undefined || items === null) return { is: "taken", except: [] }
  if (!Array.isArray(items)) return misread(`there is no list at ${dotted(partial.failed)}`)
  const except: NotTaken[] = []
  for (const [place, item] of items.entries()) {
    const index: unknown = typeof item === "number" ? item : valueAt(item, partial.index)
    if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index >= records) {
      return misread(
        `item ${place} at ${dotted(partial.failed)} names none of the ${records} records, from 0`
      )
    }
    const reason = valueAt(item, partial.reason)
    except.push({
      index,
      reason: `the receiver did not take it${typeof reason === "string" ? `: ${shortened(reason)}` : ""}`,
      isRetryable: valueAt(item, partial.retry) === true
    })
  }
  return { is: "taken", except }
}

/** Which records were taken is not known: to send them again is at-least-once, to go on would lose them. */
const misread = (what: string): Verdict => ({
  is: "misdirected",
  reason: `the receiver's reply is not as the config's partial says: ${what}`
})

/** A pointer as people read it; with slashes a message would show it as a path of a machine. */
const dotted = (pointer: string): string =>
  pointer === "" ? "its top" : pointer.slice(1).replaceAll("/", ".")

const jsonOf = (reply: HttpResponse): unknown => {
  try {
    return reply.json()
  } catch {
    return undefined
  }
}

const excerpt = (reply: HttpResponse): string => {
  const text = shortened(reply.text().trim())
  return text === "" ? "" : `: ${text}`
}

/** Enough to know an error by. */
const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)
