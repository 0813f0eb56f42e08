import { randomUUID } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { sendMail } from "../smtp/send-mail.ts"
import type { Notice } from "./groups.ts"
import { mailOf, slackBody, webhookBody } from "./messages.ts"
import type { Receiver, SmtpSettings } from "./notify-settings.ts"

/** A notice was not taken. `permanent`: trying again helps nobody. Its message holds neither address nor secret. */
export class NotifyError extends Schema.TaggedError<NotifyError>()("NotifyError", {
  by: Schema.Literals(["webhook", "slack", "email"]),
  message: Schema.String,
  permanent: Schema.Boolean
}) {}

export interface NoticeContext {
  readonly smtp: SmtpSettings | undefined
  /** Of the platform; what notices point to. */
  readonly url: string
}

const timeoutMs = 10_000
const tooManyRequests = 429
const requestTimeout = 408

/** Tells one receiver, once; fails with a `NotifyError`. */
export const sendNotice = (
  receiver: Receiver,
  notice: Notice,
  { smtp, url }: NoticeContext
): Effect.Effect<void, NotifyError> => {
  switch (receiver.by) {
    case "webhook":
      return post(receiver.by, receiver, webhookBody(notice, url))
    case "slack":
      return post(receiver.by, { url: receiver.url, headers: {} }, slackBody(notice))
    case "email":
      return mailTo(receiver.to, notice, { smtp, url })
  }
}

const mailTo = Effect.fnUntraced(function* (
  to: readonly string[],
  notice: Notice,
  { smtp, url }: NoticeContext
) {
  if (smtp === undefined) return
  const date = new Date(yield* Clock.currentTimeMillis)
  const id = `${randomUUID()}@${smtp.from.split("@")[1] ?? "localhost"}`
  yield* sendMail(smtp, { from: smtp.from, to, date, id, ...mailOf(notice, url) }).pipe(
    Effect.mapError(({ message, permanent }) => new NotifyError({ by: "email", message, permanent }))
  )
})

interface Target {
  readonly url: string
  readonly headers: { readonly [name: string]: string }
}

const post = (by: "webhook" | "slack", { headers, url }: Target, body: unknown) =>
  Effect.tryPromise({
    try: (signal) =>
      fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
        // A redirect could carry what the headers hold to somebody else.
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      }).then(async (reply) => {
        await reply.body?.cancel()
        return reply.status
      }),
    // The reason alone: fetch names the address in some messages.
    catch: (error) => new NotifyError({ by, message: reasonOf(error), permanent: false })
  }).pipe(
    Effect.flatMap((status) => {
      if (status >= 200 && status < 300) return Effect.void
      const permanent = status < 500 && status !== tooManyRequests && status !== requestTimeout
      return Effect.fail(new NotifyError({ by, message: `it answered ${status}`, permanent }))
    })
  )

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "it could not be reached"
  if (error.name === "TimeoutError") return `it did not answer within ${timeoutMs / 1_000} s`
  const { cause } = error
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  return code === "" ? "it could not be reached" : `it could not be reached (${code})`
}
