// Generated from hr.people, version 1; edit by `millrace types`.
import { Avro, Contract, Schema } from "@millrace/sdk"

export const Address = Schema.Struct({
  city: Schema.String
}).annotate({ identifier: "Address" })
export type Address = typeof Address.Type

export interface Company {
  readonly title: string
  readonly staff: { readonly [key: string]: Person }
  readonly parent: null | Company
  readonly seat: Address
}
export const Company: Schema.Codec<Company> = Schema.Struct({
  title: Schema.String,
  staff: Schema.Record(
    Schema.String,
    Schema.suspend((): Schema.Codec<Person> => Person)
  ),
  parent: Schema.NullOr(Schema.suspend((): Schema.Codec<Company> => Company)),
  seat: Address
}).annotate({ identifier: "Company" })

export const NoteKind = Avro.Enum("hr.NoteKind", ["A"])
export type NoteKind = typeof NoteKind.Type

export interface Note {
  readonly text: string
  readonly next: null | Note
  readonly raw: Uint8Array
  readonly kind: NoteKind
}
export const Note: Schema.Codec<Note> = Schema.Struct({
  text: Schema.String,
  next: Schema.NullOr(Schema.suspend((): Schema.Codec<Note> => Note)),
  raw: Schema.Uint8Array,
  kind: NoteKind
}).annotate({ identifier: "Note" })

export class Person extends Contract<Person>()({
  subject: "hr.people",
  key: "name",
  schema: Schema.Struct({
    name: Schema.String,
    employer: Schema.NullOr(Company),
    home: Schema.NullOr(Address),
    notes: Schema.NullOr(Note)
  }).annotate({ "avro.name": "hr.Person" })
}) {}
