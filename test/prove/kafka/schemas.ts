import avsc from "avsc"

/** A schema as the registry has it. */
export interface RegisteredSchema {
  readonly id: number
  readonly text: string
}

const prefixBytes = 5

/** Confluent's wire format, in another library than the platform's: a byte 0, the schema's id, Avro. */
export class Values {
  readonly #registry: () => string
  readonly #ready = new Map<number, avsc.Type>()

  /** `registry`: the URL of a Confluent-compatible one, which may change. */
  constructor(registry: () => string) {
    this.#registry = registry
  }

  async latest(subject: string): Promise<RegisteredSchema> {
    const found = await this.#get(`/subjects/${subject}/versions/latest`)
    if (typeof found?.["id"] !== "number") throw new Error(`subject ${subject} has no schema`)
    return { id: found["id"], text: String(found["schema"]) }
  }

  /** Asks for all schemas that there are: their ids are dense. */
  async learn(): Promise<void> {
    for (let id = this.#ready.size + 1; ; id++) {
      const found = await this.#get(`/schemas/ids/${id}`)
      if (found === undefined) return
      this.#ready.set(id, typeOfText(String(found["schema"])))
    }
  }

  decode(value: Uint8Array): unknown {
    const type = this.#ready.get(idOf(value))
    if (type === undefined) throw new Error(`nobody has learnt schema ${idOf(value)}`)
    return type.fromBuffer(
      Buffer.from(value.buffer, value.byteOffset + prefixBytes, value.length - prefixBytes)
    )
  }

  async #get(path: string): Promise<{ readonly [name: string]: unknown } | undefined> {
    const reply = await fetch(`${this.#registry()}${path}`)
    const text = await reply.text()
    if (reply.status === 404) return undefined
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`)
    return JSON.parse(text)
  }
}

export const typeOfText = (text: string): avsc.Type =>
  avsc.Type.forSchema(JSON.parse(text), { wrapUnions: "never" })

/** Gives a function that encodes values of a registered schema. */
export const encoderOf = ({ id, text }: RegisteredSchema): ((value: unknown) => Buffer) => {
  const type = typeOfText(text)
  const prefix = Buffer.alloc(prefixBytes)
  prefix.writeInt32BE(id, 1)
  return (value) => Buffer.concat([prefix, type.toBuffer(value)])
}

const idOf = (value: Uint8Array): number => {
  if (value.length < prefixBytes || value[0] !== 0) throw new Error("a value is not in Confluent's format")
  return new DataView(value.buffer, value.byteOffset).getInt32(1)
}
