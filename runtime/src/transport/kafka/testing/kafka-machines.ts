import { randomUUID } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, beforeAll, beforeEach } from "vitest"
import { type SharedCluster, sharedClusterPatience } from "../../../../../test/kafka/shared.ts"
import type { Transport } from "../../transport.ts"
import type { KafkaClient } from "../client/kafka-client.ts"
import { kafkajsClient } from "../client/kafkajs-client.ts"
import { kafkaTransport } from "../layer.ts"
import type { SchemaIds } from "../schema-ids.ts"
import { idsInMemory } from "./ids-in-memory.ts"

/** Machines on one cluster, each with a folder of its own; every test has names of its own there. */
export function kafkaMachines(cluster: SharedCluster | undefined) {
  let folders: string[] = []
  const names = { bootstrap: [] as readonly string[], own: "", ids: idsInMemory() }
  beforeAll(async () => {
    names.bootstrap = (await cluster?.bootstrap()) ?? []
  }, sharedClusterPatience)
  beforeEach(() => {
    names.own = `t${randomUUID().slice(0, 8)}.`
  })
  afterEach(() => {
    for (const each of folders) rmSync(each, { recursive: true, force: true })
    folders = []
  })
  return {
    names,
    /** A machine that has nothing yet. */
    folder: (): string => {
      const made = mkdtempSync(join(tmpdir(), "millrace-kafka-"))
      folders.push(made)
      return made
    },
    /** Runs on a machine, from its start to its end. `watch`: what it asks the cluster goes through it. `platform`: of this one; `ids`: default: of all of the test. */
    on: <A, E>(
      place: string,
      run: Effect.Effect<A, E, Transport>,
      watch: (client: KafkaClient) => KafkaClient = (client) => client,
      platform?: string,
      ids: SchemaIds = names.ids
    ): Promise<A> => {
      const { bootstrap, own } = names
      return Effect.runPromise(
        Effect.provide(
          run,
          kafkaTransport({
            folder: place,
            client: () => Promise.resolve(watch(kafkajsClient({ bootstrap }))),
            ids,
            ...(platform === undefined ? {} : { platform }),
            prefixes: { own, streams: `s${own}` }
          })
        )
      )
    }
  }
}
