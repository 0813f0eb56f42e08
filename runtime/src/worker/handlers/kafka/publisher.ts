import { createHash } from "node:crypto"
import type { KafkaClient, TxnProducer } from "../../../transport/kafka/client/kafka-client.ts"
import { tooLarge, producerForgotten } from "../../../transport/kafka/client/error-kinds.ts"
import { KafkaError } from "../../../transport/kafka/client/kafka-error.ts"
import { partitionsOf, Sequences, writeRecords } from "./topic-writer.ts"
import type { WriteRequest } from "./topic-writer.ts"

/** A publication of records, and its place in the row of a run. */
export interface Publication extends Omit<WriteRequest, "maxBatchBytes" | "turn"> {
  readonly run: string
  readonly sequence: number
}

/** The last publication that is in the topic. */
interface Mark {
  readonly run: string
  readonly sequence: number
}

interface Session {
  producer: TxnProducer
  sequences: Sequences
  mark: Mark | undefined
}

/** Who reads committed records waits so long for a transaction whose worker has died and does not come back. */
const transactionMs = 60_000
/** Sizes of batches that are tried where the topic takes no larger ones; in the last each record stands alone. */
const batchSizes = [512 * 1024, 64 * 1024, 1]

/**
 * Publishes in one place of one topic, each publication once. INVARIANT: records and mark become visible in one transaction: the
 * mark is the offset that the group of the transactional id's own name has committed for partition 0, its sequence, with the run in
 * the offset's metadata. Whoever publishes next takes the id over, by which a transaction that is still open comes to its end, and
 * reads the mark: so what became of a transaction that nobody was told about is known before anything is written again. After a
 * failure the producer is thrown away, for nobody knows what its transaction holds (KAFKA-17754).
 */
export class Publisher {
  readonly #id: string
  #session: Session | undefined
  /** One after the other: one that was given up by who asked still comes to its end. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(id: string) {
    this.#id = id
  }

  /** False where it was published before. */
  publish(client: KafkaClient, publication: Publication): Promise<boolean> {
    return this.#inTurn(() =>
      this.#insisting(client, publication.topic, (session) => this.#publish(client, session, publication))
    )
  }

  /** Number of the last publication of a run that is in the topic; -1: none. */
  published(client: KafkaClient, topic: string, run: string): Promise<number> {
    return this.#inTurn(async () => {
      const { mark } = await this.#open(client, topic)
      return mark?.run === nameOf(run) ? mark.sequence : -1
    })
  }

  #inTurn<A>(task: () => Promise<A>): Promise<A> {
    const turn = this.#last.then(task, task)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** A producer that has been idle for days is forgotten by its coordinator: then, and only then, another is taken at once. */
  async #insisting<A>(client: KafkaClient, topic: string, use: (session: Session) => Promise<A>): Promise<A> {
    const wasOpen = this.#session !== undefined
    try {
      return await use(await this.#open(client, topic))
    } catch (cause) {
      this.#session = undefined
      if (!wasOpen || !(cause instanceof KafkaError) || !producerForgotten.has(cause.kind)) throw cause
    }
    try {
      return await use(await this.#open(client, topic))
    } catch (cause) {
      this.#session = undefined
      throw cause
    }
  }

  async #open(client: KafkaClient, topic: string): Promise<Session> {
    if (this.#session !== undefined) return this.#session
    const transactionalId = this.#id
    const producer = await client.initProducerId(transactionalId, transactionMs)
    const [committed] = await client.fetchOffsets(transactionalId, [{ topic, partition: 0 }])
    const mark =
      committed === undefined
        ? undefined
        : { run: committed.metadata ?? "", sequence: Number(committed.offset) }
    const session = { producer: { ...producer, transactionalId }, sequences: new Sequences(), mark }
    this.#session = session
    return session
  }

  async #publish(client: KafkaClient, session: Session, publication: Publication): Promise<boolean> {
    const { sequence } = publication
    const run = nameOf(publication.run)
    if (session.mark?.run === run && session.mark.sequence >= sequence) return false
    await this.#writeFitting(client, session, { ...publication, turn: sequence }, run)
    session.mark = { run, sequence }
    return true
  }

  async #writeFitting(
    client: KafkaClient,
    session: Session,
    request: Omit<WriteRequest, "maxBatchBytes"> & { readonly sequence: number },
    run: string
  ): Promise<void> {
    for (const [attempt, maxBatchBytes] of batchSizes.entries()) {
      try {
        await this.#transact(client, session, { ...request, maxBatchBytes }, run)
        return
      } catch (cause) {
        const isTooLarge = cause instanceof KafkaError && tooLarge.has(cause.kind)
        if (!isTooLarge || attempt === batchSizes.length - 1) throw cause
        // What was refused took no number: the producer's own count is wrong from here on.
        await client.endTxn(session.producer, "abort")
        const { transactionalId } = session.producer
        const producer = await client.initProducerId(transactionalId, transactionMs)
        session.producer = { ...producer, transactionalId }
        session.sequences = new Sequences()
      }
    }
  }

  async #transact(
    client: KafkaClient,
    { producer, sequences }: Session,
    request: WriteRequest & { readonly sequence: number },
    run: string
  ): Promise<void> {
    const { sequence, topic } = request
    const group = producer.transactionalId
    const partitions = await partitionsOf(client, request)
    const touched = [...new Set(partitions)].map((partition) => ({ topic, partition }))
    if (touched.length > 0) await client.addPartitionsToTxn(producer, touched)
    await writeRecords(client, producer, sequences, request, partitions)
    await client.addOffsetsToTxn(producer, group)
    await client.txnOffsetCommit(producer, group, [
      { topic, partition: 0, offset: BigInt(sequence), metadata: run }
    ])
    await client.endTxn(producer, "commit")
  }
}

/** A run's name as the mark has it: short, whatever its own length. */
const nameOf = (run: string): string => createHash("sha256").update(run).digest("hex").slice(0, 32)
