import {
  defineProcessor,
  fromConfig,
  type Http,
  http,
  type HttpResponse,
  Schema,
  secret
} from "@millrace/sdk"
import * as Effect from "effect/Effect"
import { type AddedField, addedFields } from "./added-field.ts"
import { addedValues, nothingAdded } from "./added-values.ts"
import { shortened } from "./answer.ts"
import { Config } from "./config.ts"
import { contractOf } from "./contract.ts"
import { formOf } from "./form.ts"
import type { ApiReply, Form, Question } from "./question.ts"
import { type Ask, QuestionsInHand } from "./questions-in-hand.ts"

/** The API did not answer for this record, or not what the config says. */
export class EnrichError extends Schema.TaggedError<EnrichError>()("EnrichError", {
  message: Schema.String
}) {}

/** The API knows nothing of this record, where `missing` is `fail`. */
export class NotKnownError extends Schema.TaggedError<NotKnownError>()("NotKnownError", {
  message: Schema.String
}) {}

/** Adds what an HTTP or GraphQL API knows to each record. */
export const httpEnrich = defineProcessor({
  name: "http-enrich",
  description: "Adds what an HTTP or GraphQL API knows to each record.",
  config: Config,
  derive: (context) => contractOf(context),
  uses: {
    api: http(fromConfig("url"), {
      auth: secret(fromConfig("auth.secret", { optional: true }), { header: fromConfig("auth.header") })
    })
  },
  *process(row, { config, api, now }) {
    const enrichment = enrichmentOf(api, config, now)
    const { fields } = enrichment
    let isOver = false
    try {
      const answer = yield* enrichment.questions.answer(questionOf(enrichment.form, row))
      isOver = true
      const added = addedValues(fields, answer)
      if (added.is === "added") return [added.values]
      const isNull = added.is === "missing" ? config.missing !== "fail" : config.onError === "null"
      if (isNull) return [nothingAdded(fields)]
      return yield* added.is === "missing"
        ? new NotKnownError({ message: added.reason })
        : new EnrichError({ message: added.reason })
    } finally {
      // The call was ended from outside: whoever is still asked will not answer.
      if (!isOver) enrichments.delete(api)
    }
  }
})

interface Enrichment {
  readonly now: number
  readonly form: Form
  readonly fields: readonly AddedField[]
  readonly questions: QuestionsInHand
}

/** Of each opened plugin, by its handle. */
const enrichments = new WeakMap<Http, Enrichment>()

/** That of the batch in hand, which its clock tells: it stands still as long as the batch. */
const enrichmentOf = (api: Http, config: Config, now: number): Enrichment => {
  const known = enrichments.get(api)
  if (known?.now === now) return known
  const form = formOf(config)
  const fields = addedFields(config.adds)
  const made = {
    now,
    form,
    fields: "message" in fields ? [] : fields,
    questions: new QuestionsInHand(form, askOf(api, config), config.maxInFlight ?? 8)
  }
  enrichments.set(api, made)
  return made
}

const questionOf = ({ fields }: Form, row: { readonly [field: string]: unknown }): Question => {
  const values = Object.fromEntries(fields.map((name) => [name, jsonOf(row[name])]))
  return { id: JSON.stringify(values), values }
}

const jsonOf = (value: unknown): unknown => (typeof value === "bigint" ? String(value) : (value ?? null))

/** Statuses worth another attempt. */
const retried = [408, 425, 429, 500, 502, 503, 504]

const askOf =
  (api: Http, { headers = {}, timeoutMs = 10_000, retry = {} }: Config): Ask =>
  ({ method, path, body }) =>
    api
      .request({
        method,
        path,
        ...(body === undefined ? {} : { body }),
        headers: {
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers
        },
        timeoutMs,
        retry: {
          attempts: retry.attempts ?? 4,
          delayMs: retry.backoffMs ?? 250,
          statuses: retry.statuses ?? retried
        }
      })
      .pipe(
        Effect.map(replyOf),
        Effect.catchTag("HttpError", ({ code, message }) => Effect.succeed(`${code}: ${message}`))
      )

const replyOf = (response: HttpResponse): ApiReply => {
  const excerpt = shortened(response.text().trim())
  return {
    status: response.status,
    body: bodyOf(response),
    excerpt: excerpt === "" ? "" : `: ${excerpt}`
  }
}

const bodyOf = (response: HttpResponse): unknown => {
  try {
    return response.json()
  } catch {
    return undefined
  }
}
