import { serve } from "../listener.ts"
import { answer, type Fault, faultsOf } from "./faults.ts"

/** What the API knows of a film, by its number: some it does not know, and at some it always fails. */
export const knownOf = (film: string): "rating" | "nothing" | "failure" => {
  const number = Number(film.slice(1))
  return number % 7 === 3 ? "nothing" : number % 7 === 5 ? "failure" : "rating"
}
export const ratingOf = (film: string): number => Number(film.slice(1)) + 0.5

export interface FilmApi {
  readonly origin: string
  /** Films that were asked for, request by request. */
  readonly asked: readonly (readonly string[])[]
  readonly close: () => Promise<void>
}

export interface FilmApiOptions {
  readonly seed: number
  /** Share of requests that fail, each in one of many ways. */
  readonly share: number
  /** Called with the number of each request before it is looked at; the asker waits meanwhile. */
  readonly onRequest: (number: number) => Promise<void>
}

/** An API of films: `GET /films/f1`, or GraphQL with a field `film(id)` under aliases, by POST. */
export const openFilmApi = async (options: FilmApiOptions): Promise<FilmApi> => {
  const asked: (readonly string[])[] = []
  const faultOf = faultsOf(options.seed, options.share)
  const server = await serve(async (request, response, body) => {
    const films =
      request.method === "POST"
        ? Object.values<string>(JSON.parse(body.toString()).variables)
        : [request.url?.split("/").at(-1) ?? ""]
    asked.push(films)
    await options.onRequest(asked.length)
    const fault: Fault = faultOf(films.join())
    answer(response, fault, request.method === "POST" ? graphql(films) : rest(films[0] ?? ""))
  })
  return { origin: server.origin, asked, close: server.close }
}

const rest = (film: string) => {
  const known = knownOf(film)
  if (known === "nothing") return { status: 404, body: {} }
  return known === "failure"
    ? { status: 400, body: { error: "no rating" } }
    : { status: 200, body: { rating: ratingOf(film) } }
}

/** An error of one field leaves the others of its request alone (GraphQL §6.4.4). */
const graphql = (films: readonly string[]) => {
  const data = films.map((film, index) => [
    `r${index}`,
    knownOf(film) === "rating" ? { rating: ratingOf(film) } : null
  ])
  const errors = films.flatMap((film, index) =>
    knownOf(film) === "failure" ? [{ message: "no rating", path: [`r${index}`] }] : []
  )
  return { status: 200, body: { data: Object.fromEntries(data), ...(errors.length > 0 ? { errors } : {}) } }
}
