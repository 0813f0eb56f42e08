import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { KafkaClient } from "../../transport/kafka/client/kafka-client.ts"
import { clientRefusals } from "../../transport/kafka/client/error-kinds.ts"
import { KafkaError } from "../../transport/kafka/client/kafka-error.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { say } from "../terminal/print.ts"

const lookMs = 500
/** While it lasts it is said again, for who comes to the terminal later. */
const sayAgainMs = 60_000

/**
 * Answers when a broker has answered: for as long as none does it waits, and says so on standard error, as it does from then on for as
 * long as the scope is open. Fails at once where waiting would not help: a broker that does not let this user in.
 */
export const reachCluster = Effect.fnUntraced(function* (
  client: KafkaClient,
  brokers: readonly string[]
): Effect.fn.Return<void, CommandError, Scope.Scope> {
  yield* Effect.forkScoped(tellOutages(client))
  for (;;) {
    const failure = yield* Effect.tryPromise({ try: () => client.topics([]), catch: asKafkaError }).pipe(
      Effect.as(undefined),
      Effect.catch((error) => Effect.succeed(error))
    )
    if (failure === undefined) return
    if (!failure.retriable) return yield* notLetIn(failure, brokers)
  }
})

/** Says that the cluster does not answer, and that it does again. Never ends. */
const tellOutages = Effect.fnUntraced(function* (client: KafkaClient): Effect.fn.Return<never> {
  let toldAt: number | undefined
  let silentMs = 0
  for (;;) {
    const outage = client.outage()
    if (outage === undefined && toldAt !== undefined) {
      toldAt = undefined
      yield* say(`millrace: Kafka answers again, after ${Math.round(silentMs / 1_000)} s`)
    }
    if (outage !== undefined) {
      silentMs = outage.silentMs
      if (toldAt === undefined || silentMs - toldAt >= sayAgainMs) {
        toldAt = silentMs
        yield* say(
          `millrace: Kafka has not answered for ${Math.round(silentMs / 1_000)} s; everything waits until it does: ${outage.message}`
        )
      }
    }
    yield* Effect.sleep(lookMs)
  }
})

const asKafkaError = (cause: unknown): KafkaError => {
  if (cause instanceof KafkaError) return cause
  throw cause
}

/** By the kind of the refusal: what it is called here, and what to do. */
const refusals: { readonly [kind: string]: readonly [code: string, remedy: string] | undefined } = {
  [clientRefusals.authentication]: [
    "KAFKA_AUTHENTICATION_FAILED",
    "look at user, password, mechanism and oauth under kafka: of the config, and at the users that the brokers have"
  ],
  [clientRefusals.token]: [
    "KAFKA_TOKEN_REFUSED",
    "look at oauth under kafka: of the config: the client's id, its secret, scope and audience"
  ],
  [clientRefusals.tls]: [
    "KAFKA_TLS_FAILED",
    "look at tls under kafka: of the config: whether this listener speaks TLS, and whether ca has the authority of its certificate"
  ]
}

const notLetIn = ({ broker, kind, message }: KafkaError, brokers: readonly string[]): CommandError => {
  const [code, remedy] = refusals[kind] ?? [
    "KAFKA_UNUSABLE",
    "see the message; docs/how-to/kafka.md has the settings of a secured cluster"
  ]
  return new CommandError({
    code,
    message,
    where: broker === "" ? brokers.join(",") : broker,
    remedy,
    exit: kind === clientRefusals.authentication ? exitCode.notPermitted : exitCode.unavailable
  })
}
