import { type DatumReader, datumReader, type Http } from "@millrace/sdk"
import { type AvroType, noSchemaId, schemaIdAt, schemaIdLength } from "@millrace/sdk/avro"
import { Misfit, type MisfitCode } from "../source/misfit.ts"
import { schemaWithId } from "./ask-registry.ts"
import { joinedType } from "./joined-type.ts"

/** What is read of a record, and as what: a reader's type may depend on the writer's. */
export interface AvroUse {
  readonly name: "value" | "key"
  readonly misfit: MisfitCode
  readonly readerOf: (writer: AvroType) => AvroType
}

/** Of one topic; more are forgotten, and asked for again. */
const mostKnown = 1_000

/**
 * A registry's schemas by their ids, each asked for once, and readers of what was written with them. Of one whose values cannot be
 * read it knows why. An id that the registry does not have is asked for again with each batch: it may have been registered since.
 */
export class KnownSchemas {
  readonly #types = new Map<number, AvroType | string>()
  readonly #readers = new Map<string, DatumReader | string>()

  /** Reads Avro behind a schema's id that {@link learn} was told of. Throws a {@link Misfit}. */
  read(bytes: Uint8Array, use: AvroUse): unknown {
    const id = schemaIdAt(bytes, 0)
    if (id === noSchemaId)
      throw new Misfit(
        "KAFKA_NO_SCHEMA_ID",
        `the ${use.name} does not begin with a zero and the id of a schema, 5 bytes`
      )
    const reader = this.#reader(id, use)
    try {
      return reader.read(bytes, schemaIdLength, bytes.length)
    } catch (error) {
      throw new Misfit(use.misfit, `the ${use.name}, of schema ${id}: ${messageOf(error)}`)
    }
  }

  /** Asks for the schemas of these bytes that are not known yet. */
  *learn(registry: Http, written: readonly (Uint8Array | null)[]) {
    const ids = new Set(written.flatMap((bytes) => (bytes === null ? [] : schemaIdAt(bytes, 0))))
    ids.delete(noSchemaId)
    if (this.#types.size > mostKnown) {
      this.#types.clear()
      this.#readers.clear()
    }
    for (const id of ids) {
      if (this.#types.has(id)) continue
      const found = yield* schemaWithId(registry, id)
      if (found !== undefined) this.#types.set(id, yield* joinedType(registry, found))
    }
  }

  #reader(id: number, use: AvroUse): DatumReader {
    const type = this.#types.get(id)
    if (type === undefined) throw new Misfit("KAFKA_SCHEMA_UNKNOWN", `the registry has no schema ${id}`)
    const place = `${use.name} ${id}`
    const made = this.#readers.get(place) ?? readerOf(type, use)
    this.#readers.set(place, made)
    if (typeof made === "string")
      throw new Misfit("KAFKA_SCHEMA_MISFIT", `schema ${id} of the ${use.name}: ${made}`)
    return made
  }
}

const readerOf = (type: AvroType | string, use: AvroUse): DatumReader | string => {
  if (typeof type === "string") return type
  try {
    return datumReader(type, use.readerOf(type))
  } catch (error) {
    return messageOf(error)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
