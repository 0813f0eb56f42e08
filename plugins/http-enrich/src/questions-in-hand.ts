import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { type Answer, failed } from "./answer.ts"
import type { ApiReply, ApiRequest, Form, Question } from "./question.ts"

/** Asks the API; a string says why there is no reply. */
export type Ask = (request: ApiRequest) => Effect.Effect<ApiReply | string>

type Told = (answer: Answer) => void

/**
 * The questions of one batch. Bodies run at the same time, each for its record: what they ask is gathered until none has
 * anything more to say, and goes in as few requests as may be. Equal questions are asked once; an answer is kept as long
 * as the batch, a failure only until those who wait for it have it.
 */
export class QuestionsInHand {
  readonly #form: Form
  readonly #ask: Ask
  readonly #permits: Semaphore.Semaphore
  readonly #answers = new Map<string, Answer>()
  readonly #waiting = new Map<string, { readonly question: Question; readonly told: Told[] }>()
  #gathered: Question[] = []

  constructor(form: Form, ask: Ask, maxInFlight: number) {
    this.#form = form
    this.#ask = ask
    this.#permits = Semaphore.makeUnsafe(maxInFlight)
  }

  /** Never fails. */
  answer(question: Question): Effect.Effect<Answer> {
    return Effect.callback<Answer>((resume) =>
      this.#put(question, (answer) => resume(Effect.succeed(answer)))
    )
  }

  #put(question: Question, told: Told): void {
    const known = this.#answers.get(question.id)
    if (known !== undefined) {
      told(known)
      return
    }
    const waiting = this.#waiting.get(question.id)
    if (waiting !== undefined) {
      waiting.told.push(told)
      return
    }
    this.#waiting.set(question.id, { question, told: [told] })
    this.#gathered.push(question)
    // After every body that can run has run.
    if (this.#gathered.length === 1) setTimeout(() => this.#send(), 0)
  }

  #send(): void {
    const gathered = this.#gathered
    this.#gathered = []
    for (let from = 0; from < gathered.length; from += this.#form.max) {
      const questions = gathered.slice(from, from + this.#form.max)
      Effect.runFork(
        Effect.map(this.#answersTo(questions), (answers) => {
          for (const [at, question] of questions.entries()) {
            this.#tell(question.id, answers[at] ?? failed("the API's reply has no answer"))
          }
        })
      )
    }
  }

  #answersTo(questions: readonly Question[]): Effect.Effect<readonly Answer[]> {
    const request = this.#form.request(questions)
    if ("problem" in request) return Effect.succeed(questions.map(() => failed(request.problem)))
    return Effect.map(this.#permits.withPermit(this.#ask(request)), (reply) =>
      typeof reply === "string" ? questions.map(() => failed(reply)) : this.#form.answers(questions, reply)
    )
  }

  #tell(id: string, answer: Answer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (answer.is !== "failed") this.#answers.set(id, answer)
    for (const told of waiting?.told ?? []) told(answer)
  }
}
