import { deflateRawSync, inflateRawSync } from "node:zlib"
import * as Schema from "effect/Schema"

/** What a worker tells the leader of its group when it joins. */
export interface MemberMetadata {
  /** For people: a host's name. */
  readonly label: string
  readonly traits: readonly string[]
  /** Its part of the work, against that of others. */
  readonly weight: number
  /** False where it knows of no work yet, or is on its way out. */
  readonly takesWork: boolean
  /** Ids of units that it has, or has yet to give up. */
  readonly units: readonly string[]
}

/** A byte before the text. Another format gets another protocol name, too: members of a group always have one in common. */
const version = 1
/** Of the text. Kafka keeps what all members say, and are given, in one record of a megabyte by default. */
const maxTextBytes = 8 * 1024 * 1024
/** In UTF-16 code units. */
export const maxIdLength = 2_048

/** By preference: what a member offers to the group to talk by. */
export const protocolName = "tasks-1"
export const protocolType = "millrace"
export const maxWeight = 1_000

const short = Schema.String.check(Schema.isMaxLength(256))
const Ids = Schema.Array(Schema.String.check(Schema.isMaxLength(maxIdLength))).check(
  Schema.isMaxLength(200_000)
)
const MetadataText = Schema.fromJsonString(
  Schema.Struct({
    label: short,
    traits: Schema.Array(short).check(Schema.isMaxLength(256)),
    weight: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxWeight })),
    takesWork: Schema.Boolean,
    units: Ids
  })
)
const AssignmentText = Schema.fromJsonString(Schema.Struct({ units: Ids }))

const decodeMetadata = Schema.decodeUnknownOption(MetadataText)
const decodeAssignment = Schema.decodeUnknownOption(AssignmentText)

export const writeMetadata = ({ label, takesWork, traits, units, weight }: MemberMetadata): Uint8Array =>
  pack({ label: label.slice(0, 256), traits, weight, takesWork, units })

/** Undefined for what is none: whoever may join the group may say anything. */
export const readMetadata = (bytes: Uint8Array): MemberMetadata | undefined => {
  const text = unpack(bytes)
  const decoded = text === undefined ? undefined : decodeMetadata(text)
  return decoded?._tag === "Some" ? decoded.value : undefined
}

export const writeAssignment = (units: readonly string[]): Uint8Array => pack({ units })

/** Ids of the units that a member is to do; undefined for what is none. */
export const readAssignment = (bytes: Uint8Array): readonly string[] | undefined => {
  const text = unpack(bytes)
  const decoded = text === undefined ? undefined : decodeAssignment(text)
  return decoded?._tag === "Some" ? decoded.value.units : undefined
}

const pack = (value: object): Uint8Array =>
  Buffer.concat([Uint8Array.of(version), deflateRawSync(JSON.stringify(value))])

const unpack = (bytes: Uint8Array): string | undefined => {
  if (bytes[0] !== version) return undefined
  try {
    return inflateRawSync(bytes.subarray(1), { maxOutputLength: maxTextBytes }).toString("utf8")
  } catch {
    return undefined
  }
}
