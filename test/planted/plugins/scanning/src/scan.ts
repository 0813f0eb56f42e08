import { Avro, Contract, Schema } from "@millrace/sdk"

export const ScanEvent = Schema.Literals(["arrived", "loaded", "out-for-delivery", "delivered", "returned"])

/** A scan as a handheld wrote it: text is as it was typed or printed. */
export class Scan extends Contract<Scan>()({
  subject: "parcels.scans",
  key: "parcelId",
  schema: Schema.Struct({
    scanId: Schema.String,
    parcelId: Schema.String,
    depot: Schema.String,
    courier: Schema.String,
    event: ScanEvent,
    city: Schema.String,
    postcode: Schema.NullOr(Schema.String),
    weight: Schema.NullOr(Schema.String),
    phone: Schema.NullOr(Schema.String),
    scannedAt: Avro.TimestampMillis
  })
}) {}

/** A scan that programs can read. */
export class TidyScan extends Contract<TidyScan>()({
  subject: "parcels.tidy-scans",
  key: "parcelId",
  schema: Schema.Struct({
    scanId: Schema.String,
    parcelId: Schema.String,
    depot: Schema.String,
    courier: Schema.String,
    event: ScanEvent,
    city: Schema.String,
    /** Five digits. */
    postcode: Schema.NullOr(Schema.String),
    grams: Schema.NullOr(Schema.Int),
    /** But for its last digits. */
    phone: Schema.NullOr(Schema.String),
    scannedAt: Avro.TimestampMillis
  })
}) {}
