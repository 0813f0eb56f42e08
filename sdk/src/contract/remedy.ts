/** What to use instead of a part of Effect's Schema that has no Avro form. */
export const remedyFor = (what: string): string => {
  switch (what) {
    case "Date":
    case "DateTimeUtc":
    case "DateTimeZoned":
      return "Use Avro.TimestampMillis (a number of milliseconds), or Avro.Date for days."
    case "BigDecimal":
      return "Use Avro.Decimal({ precision, scale })."
    case "Duration":
      return "Use Avro.Long for nanoseconds, Schema.Int for milliseconds, or Avro.Duration for a calendar's."
    case "Undefined":
    case "Void":
      return "Use Schema.Null, or Schema.NullOr around what may be missing."
    case "TemplateLiteral":
      return "Use Schema.String with Schema.isPattern."
    default:
      return "Use a type of Schema or Avro that says what is stored, or give it an encoded side that has one."
  }
}
