/**
 * A process that contends for leading over a database, started by the tests: arguments are the database's address and where it says it can be
 * reached. Tells each change of its standing on a line of standard output, and does what lines of standard input say: `write NAME` writes a row;
 * `hold NAME` does, and ends the transaction when `let go` comes.
 */
import { createInterface } from "node:readline"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { joinLeadership } from "../../../registry/src/leadership/leadership.ts"
import type { Standing } from "../../../registry/src/leadership/standing.ts"
import { Database, execute, inTransaction } from "../../../registry/src/store/database.ts"
import { opened } from "../open-store.ts"

const [, , database = "", url = ""] = process.argv

const tell = (line: string) => Effect.sync(() => console.log(line))

const textOf = (standing: Standing): string =>
  `${standing.is} ${standing.is === "leading" ? standing.epoch : (standing.leader ?? "nobody")}`

const addScope = (name: string) =>
  execute("INSERT INTO scopes (name, form, created_at, created_by) VALUES (?, ?, 0, 'ann')", [name, name])

const obey = Effect.fnUntraced(function* (line: string, released: Deferred.Deferred<void>) {
  const [word, name = ""] = line.split(" ")
  if (word === "let") {
    yield* Deferred.succeed(released, undefined)
    return
  }
  const holding = Effect.andThen(tell(`holding ${name}`), Deferred.await(released))
  const work = word === "hold" ? Effect.andThen(addScope(name), holding) : addScope(name)
  yield* inTransaction(work).pipe(
    Effect.andThen(tell(`written ${name}`)),
    Effect.catch(({ reason }) => tell(`refused ${reason}`))
  )
})

const program = Effect.gen(function* () {
  const leadership = yield* joinLeadership(yield* opened(database), { url })
  const released = yield* Deferred.make<void>()
  yield* Effect.forkScoped(Stream.runForEach(leadership.changes, (standing) => tell(textOf(standing))))
  const inStore = Effect.provideService(Database, leadership.database)
  for (;;) {
    const line = yield* Effect.promise(() => nextLine())
    yield* Effect.forkScoped(inStore(obey(line, released)))
  }
})

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const nextLine = async (): Promise<string> => {
  const next = await lines.next()
  if (next.done === true) process.exit(0)
  return next.value
}

await Effect.runPromise(Effect.scoped(program))
