import { urlPath } from "@millrace/sdk"
import { type Answer, failed, foundOr } from "./answer.ts"
import type { Config } from "./config.ts"
import type { ApiReply, Form } from "./question.ts"

/** A request for each record, made of a path and maybe a body; the reply is the answer. */
export const rest = (config: Config): Form => {
  const template = urlPath(config.path ?? "")
  const properties = Object.entries(config.body ?? {})
  const method = config.method ?? (config.body === undefined ? "GET" : "POST")
  return {
    fields: [...new Set([...template.names, ...properties.map(([, field]) => field)])],
    max: 1,
    request: ([question]) => {
      const values = question?.values ?? {}
      const path = template.fill((name) => values[name])
      if (typeof path !== "string") return { problem: `${path.name} ${path.problem}` }
      const body = Object.fromEntries(
        properties.map(([property, field]) => [property, values[field] ?? null])
      )
      return { method, path, body: config.body === undefined ? undefined : JSON.stringify(body) }
    },
    answers: (questions, reply) => questions.map(() => answerOf(reply))
  }
}

const answerOf = (reply: ApiReply): Answer => {
  if (reply.status === 404 || reply.status === 410) {
    return { is: "missing", reason: `the API answered ${reply.status}` }
  }
  const problem = statusProblem(reply)
  if (problem !== undefined) return failed(problem)
  return reply.status === 204
    ? { is: "missing", reason: "the API answered nothing (204)" }
    : reply.body === undefined
      ? failed(`the API's reply is no JSON${reply.excerpt}`)
      : foundOr(reply.body, "the API answered null")
}

/** Why the status is no success; undefined where it is one. */
export const statusProblem = ({ status, excerpt }: ApiReply): string | undefined =>
  status >= 200 && status <= 299 ? undefined : `the API answered ${status}${excerpt}`
