import { valueAt } from "@millrace/sdk"
import { type Answer, dotted, failed, foundOr, shortened } from "./answer.ts"
import { type Config, defaultMax } from "./config.ts"
import type { ApiReply, ApiRequest, Form, Question } from "./question.ts"
import { statusProblem } from "./rest.ts"

type GraphQl = NonNullable<Config["graphql"]>
type ByAlias = Extract<GraphQl, { readonly field: string }>
type ByDocument = Extract<GraphQl, { readonly query: string }>

/** Questions in GraphQL, by POST (GraphQL over HTTP §5.3). */
export const graphql = (config: Config, given: GraphQl): Form => {
  const path = config.path ?? ""
  if ("field" in given) return byAlias(path, given)
  return given.list === undefined ? byDocument(path, given) : byList(path, given, given.list)
}

const post = (path: string, query: string, variables: object): ApiRequest => ({
  method: "POST",
  path,
  body: JSON.stringify({ query, variables })
})

/** `r0: film(id: $id_0) …, r1: film(id: $id_1) …`: a field for each record; what fails in one concerns that one. */
const byAlias = (path: string, given: ByAlias): Form => {
  const variables = Object.entries(given.variables)
  const cut = cutVariables(given.field, new Set(variables.map(([name]) => name)))
  return {
    fields: variables.map(([, { from }]) => from),
    max: given.max ?? defaultMax,
    request: (questions) => {
      const declared = questions.flatMap((_, at) =>
        variables.map(([name, { type }]) => `$${name}_${at}: ${type}`)
      )
      const asked = questions.map((_, at) => `r${at}: ${numbered(cut, at)}`)
      const values = questions.flatMap(({ values: of }, at) =>
        variables.map(([name, { from }]): [string, unknown] => [`${name}_${at}`, of[from] ?? null])
      )
      const head = declared.length === 0 ? "query" : `query (${declared.join(", ")})`
      // Lines of their own: a field may end in a comment.
      return post(path, `${head} {\n${asked.join("\n")}\n}`, Object.fromEntries(values))
    },
    answers: (questions, reply) =>
      questions.map((_, at) => {
        const name = `r${at}`
        const problem = problemOf(reply, [name])
        if (problem !== undefined) return failed(problem)
        return foundOr(valueAt(reply.body, `/data/${name}`), "the API answered null")
      })
  }
}

const byDocument = (path: string, { query, variables = {} }: ByDocument): Form => {
  const given = Object.entries(variables)
  return {
    fields: [...new Set(Object.values(variables))],
    max: 1,
    request: ([question]) => {
      const values = given.map(([name, field]) => [name, question?.values[field] ?? null])
      return post(path, query, Object.fromEntries(values))
    },
    answers: (questions, reply) =>
      questions.map(() => {
        const problem = problemOf(reply, [])
        return problem === undefined
          ? foundOr(valueAt(reply.body, "/data"), "the API answered null")
          : failed(problem)
      })
  }
}

/** The keys of several records in one variable; an answer belongs to the record whose key it names. */
const byList = (path: string, { query }: ByDocument, list: NonNullable<ByDocument["list"]>): Form => ({
  fields: [list.from],
  max: list.max ?? defaultMax,
  request: (questions) =>
    post(path, query, { [list.variable]: questions.map(({ values }) => values[list.from] ?? null) }),
  answers: (questions, reply) => {
    const items = valueAt(reply.body, `/data${list.items}`)
    if (!Array.isArray(items)) {
      const problem =
        problemOf(reply, []) ??
        `the API's reply has no list at ${dotted(["data", ...list.items.split("/").slice(1)])}`
      return questions.map(() => failed(problem))
    }
    const places = new Map(items.map((item, place) => [keyText(valueAt(item, list.key)), place]))
    return questions.map((question) => listed(question, list, reply, items, places))
  }
})

const listed = (
  { values }: Question,
  list: NonNullable<ByDocument["list"]>,
  reply: ApiReply,
  items: readonly unknown[],
  places: ReadonlyMap<string, number>
): Answer => {
  const key = values[list.from]
  const place = places.get(keyText(key))
  // What the list has not is in no item: it is concerned by errors of the list alone.
  const at = [...list.items.split("/").slice(1), String(place ?? "-")]
  const problem = problemOf(reply, at)
  if (problem !== undefined) return failed(problem)
  if (place !== undefined) return { is: "found", value: items[place] }
  return { is: "missing", reason: `the API's list has no ${keyText(key)}` }
}

/** An ID may be a number in the record and text in the reply. */
const keyText = (key: unknown): string => (typeof key === "string" ? key : JSON.stringify(key ?? null))

/**
 * Why there is no answer at a path of `data`: the status, or an error of this path, below it, above it, or of no path
 * at all (GraphQL §7.1.6).
 */
const problemOf = (reply: ApiReply, at: readonly string[]): string | undefined => {
  const errors = valueAt(reply.body, "/errors")
  const list: readonly unknown[] = Array.isArray(errors) ? errors : []
  const mine = list.find((error) => concerns(valueAt(error, "/path"), at))
  if (mine !== undefined) {
    const message = valueAt(mine, "/message")
    const path = valueAt(mine, "/path")
    const where = Array.isArray(path) ? ` at ${dotted(path)}` : ""
    return `the API answered an error${where}${typeof message === "string" ? `: ${shortened(message)}` : ""}`
  }
  if (reply.body === undefined) return statusProblem(reply) ?? `the API's reply is no JSON${reply.excerpt}`
  return valueAt(reply.body, "/data") === undefined
    ? (statusProblem(reply) ?? "the API's reply has no data")
    : undefined
}

const concerns = (path: unknown, at: readonly string[]): boolean => {
  if (!Array.isArray(path)) return true
  const parts = path.map(String)
  return parts.every((part, place) => place >= at.length || part === at[place])
}

/** Text of a field, cut where it names one of its variables. */
type CutField = readonly ({ readonly text: string } | { readonly variable: string })[]

/** Strings and comments are passed over: a `$` in them is no variable's. */
const tokens = /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|\$([A-Za-z_][A-Za-z0-9_]*)/g

const cutVariables = (field: string, names: ReadonlySet<string>): CutField => {
  const parts: ({ readonly text: string } | { readonly variable: string })[] = []
  let end = 0
  for (const found of field.matchAll(tokens)) {
    const [, variable] = found
    if (variable === undefined || !names.has(variable)) continue
    parts.push({ text: field.slice(end, found.index) }, { variable })
    end = found.index + found[0].length
  }
  return [...parts, { text: field.slice(end) }]
}

const numbered = (field: CutField, at: number): string =>
  field.map((part) => ("text" in part ? part.text : `$${part.variable}_${at}`)).join("")
