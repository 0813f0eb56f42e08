import type { Answer } from "./answer.ts"

/** What is asked for one record. */
export interface Question {
  /** Records that ask the same have the same, and one answer. */
  readonly id: string
  /** Values of the fields that are asked by, as JSON holds them. */
  readonly values: { readonly [name: string]: unknown }
}

/** One request of the API. */
export interface ApiRequest {
  readonly method: "GET" | "POST"
  readonly path: string
  /** JSON. */
  readonly body: string | undefined
}

/** The API's reply to a request, its body read as JSON; undefined: it is none. */
export interface ApiReply {
  readonly status: number
  readonly body: unknown
  /** The body's beginning, for messages. */
  readonly excerpt: string
}

/** How questions become requests, and a reply the answers to them. */
export interface Form {
  /** Fields of the records that questions are made of. */
  readonly fields: readonly string[]
  /** Questions that may go in one request. */
  readonly max: number
  /** The request, or why it cannot be asked. */
  readonly request: (questions: readonly Question[]) => ApiRequest | { readonly problem: string }
  /** One answer for each question, in their order. */
  readonly answers: (questions: readonly Question[], reply: ApiReply) => readonly Answer[]
}
