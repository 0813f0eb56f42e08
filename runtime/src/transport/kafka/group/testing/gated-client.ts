import type { KafkaClient } from "../../client/kafka-client.ts"
import { clientError } from "../../client/kafka-error.ts"

/** What a member's requests come to: `held`: nothing of them leaves, and nothing comes back, as where a process or a network stands still. */
export class Gate {
  #isShut = false
  readonly #waiting = new Set<() => void>()

  shut(): void {
    this.#isShut = true
  }

  open(): void {
    this.#isShut = false
    for (const go of this.#waiting) go()
    this.#waiting.clear()
  }

  /** Answers at once while it is open. */
  async pass(closed: Promise<never>): Promise<void> {
    while (this.#isShut)
      await Promise.race([closed, new Promise<void>((resolve) => this.#waiting.add(resolve))])
  }
}

/** A real client whose talk with its group goes through a gate, on its way out and back. */
export const gatedClient = (client: KafkaClient, gate: Gate): KafkaClient => {
  const { promise: closed, reject } = Promise.withResolvers<never>()
  closed.catch(() => undefined)
  const gated =
    <Request extends readonly unknown[], Answer>(ask: (...request: Request) => Promise<Answer>) =>
    async (...request: Request): Promise<Answer> => {
      await gate.pass(closed)
      const answer = await ask(...request)
      await gate.pass(closed)
      return answer
    }
  return {
    ...client,
    joinGroup: gated(client.joinGroup),
    syncGroup: gated(client.syncGroup),
    heartbeat: gated(client.heartbeat),
    leaveGroup: gated(client.leaveGroup),
    close: () => {
      const place = { broker: "", asked: "anything", isWrite: false }
      reject(clientError("CLIENT_CLOSED", place, "the client was closed"))
      return client.close()
    }
  }
}
