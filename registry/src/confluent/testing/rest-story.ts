import { assert } from "vitest"

/**
 * One request and what comes back: the call, the body that is sent, the status (200, 204) or the `error_code` of a refusal, and what the
 * reply holds: an object's named fields, any other value whole, of a refusal a piece of its message.
 */
export type Row = readonly [call: string, sends: unknown, gives: number, holds?: unknown]

/** Requests to one registry, one after the other. */
export interface Story {
  readonly title: string
  readonly rows: readonly Row[]
}

const contentType = "application/vnd.schemaregistry.v1+json"

/** Sends requests to a schema registry under a base URL, with a token. */
export const makeSender =
  (base: string, token: string) =>
  async (call: string, sends?: unknown): Promise<{ readonly status: number; readonly body: unknown }> => {
    const [method = "", path = ""] = call.split(" ")
    const reply = await fetch(`${base}${path}`, {
      method,
      headers: { "content-type": contentType, authorization: `Bearer ${token}` },
      ...(sends === undefined ? {} : { body: JSON.stringify(sends) })
    })
    const text = await reply.text()
    const isText = /\/schema(?:\?|$)/.test(path) && reply.ok
    return { status: reply.status, body: isText || text === "" ? text : JSON.parse(text) }
  }

export type Send = ReturnType<typeof makeSender>

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Sends a row's request and holds the reply to it. */
export const play = async (send: Send, [call, sends, gives, holds]: Row): Promise<void> => {
  const { body, status } = await send(call, sends)
  const where = `${call} ${JSON.stringify(sends) ?? ""} gave ${status} ${JSON.stringify(body)}`
  const isRefusal = gives >= 400
  assert.equal(status, gives >= 10_000 ? Math.floor(gives / 100) : gives, where)
  if (isRefusal) {
    assert.isTrue(isObject(body), where)
    assert.deepInclude(body, { error_code: gives }, where)
    assert.isTrue(isObject(body) && "message" in body && typeof body.message === "string", where)
    if (typeof holds === "string")
      assert.include(isObject(body) && "message" in body ? body.message : "", holds, where)
    return
  }
  if (isObject(holds)) assert.deepInclude(body, holds, where)
  else if (holds !== undefined) assert.deepEqual(body, holds, where)
}

/** A record's schema as clients send it: its text, with the name in full, as it is stored. */
export const record = (...fields: readonly unknown[]): string =>
  JSON.stringify({ type: "record", name: "studio.Movie", fields })

export const field = (name: string, type: unknown, rest: object = {}): object => ({ name, type, ...rest })

export const title = field("title", "string")
export const year = field("year", "int")
export const yearOrNone = field("year", ["null", "int"], { default: null })
export const yearOrZero = field("year", "int", { default: 0 })

/** A body that brings a schema. */
export const sent = (schema: string, rest: object = {}): object => ({ schema, ...rest })
