import { Schema } from "@millrace/sdk"

const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const Pointer = Schema.String.check(
  Schema.isPattern(/^(?:\/(?:[^~/]|~[01])*)*$/, { description: 'a JSON pointer, like "/rating"' })
)
const Name = Schema.String.check(Schema.isPattern(/^[A-Za-z_][A-Za-z0-9_]*$/))

const AddedField = Schema.Struct({
  type: Schema.Union([Schema.String, Schema.Record(Schema.String, Schema.Unknown)]).annotate({
    description: "An Avro type, or date, timestamp-millis or timestamp-micros"
  }),
  from: Schema.optionalKey(Pointer.annotate({ description: "Where in the answer; default: / and the name" })),
  nullable: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "null, and nothing at from, are null; default: false" })
  )
})

const max = Schema.optionalKey(
  whole(1, 100).annotate({ description: "Records of one request at most; default: 50" })
)
const Variable = Schema.Struct({
  type: Schema.String.annotate({ description: "Its type in GraphQL, like ID!" }),
  from: Schema.String.annotate({ description: "The field that its value is of" })
})

/** A field of the query for each record, several in one request under aliases. */
const ByAlias = Schema.Struct({
  field: Schema.String.annotate({
    description: "What is asked for one record: film(id: $id) { rating }"
  }),
  variables: Schema.Record(Name, Variable).annotate({ description: "The field's variables" }),
  max
})

/** A whole document, for one record or with the keys of several in a list. */
const ByDocument = Schema.Struct({
  query: Schema.String.annotate({ description: "The document that is sent" }),
  variables: Schema.optionalKey(
    Schema.Record(Name, Schema.String).annotate({
      description: "Variable -> the field that its value is of; one request for each record"
    })
  ),
  list: Schema.optionalKey(
    Schema.Struct({
      variable: Name.annotate({ description: "The variable that takes the list" }),
      from: Schema.String.annotate({ description: "The field whose values are in the list" }),
      items: Pointer.annotate({ description: "The list of answers, in data" }),
      key: Pointer.annotate({ description: "In an answer: the value that it belongs to" }),
      max
    }).annotate({ description: "Several records in one request" })
  )
})

export const Config = Schema.Struct({
  url: Schema.String.annotate({ description: "Where the API is: what an operator grants" }),
  path: Schema.optionalKey(
    Schema.String.annotate({ description: "Added to url; {field} is a field's value, percent-encoded" })
  ),
  method: Schema.optionalKey(
    Schema.Literals(["GET", "POST"]).annotate({ description: "default: GET, with body or graphql POST" })
  ),
  body: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.String).annotate({
      description: "A JSON object to send: property -> the field that its value is of"
    })
  ),
  graphql: Schema.optionalKey(
    Schema.Union([ByAlias, ByDocument]).annotate({ description: "Asks by GraphQL" })
  ),
  headers: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.String).annotate({ description: "Sent with every request" })
  ),
  auth: Schema.optionalKey(
    Schema.Struct({
      secret: Schema.String.check(Schema.isPattern(/^[A-Za-z0-9._-]{1,200}$/)).annotate({
        description: "The secret to send"
      }),
      header: Schema.optionalKey(
        Schema.String.check(Schema.isPattern(/^[A-Za-z0-9-]+$/)).annotate({
          description: "The header that takes it as it is; default: Authorization: Bearer …"
        })
      )
    }).annotate({ description: "A secret that requests go with; the plugin never sees it" })
  ),
  adds: Schema.Record(Schema.String, Schema.Union([Schema.String, AddedField])).annotate({
    description: "New field -> its type, or { from, type, nullable }"
  }),
  missing: Schema.optionalKey(
    Schema.Literals(["null", "fail"]).annotate({
      description:
        "The API knows nothing of a record (404, null): its new fields are null (default), or it fails"
    })
  ),
  onError: Schema.optionalKey(
    Schema.Literals(["fail", "null"]).annotate({
      description:
        "The API did not answer, or not what adds says: the record fails (default), or its new fields are null"
    })
  ),
  maxInFlight: Schema.optionalKey(
    whole(1, 64).annotate({ description: "Requests of one partition at one time; default: 8" })
  ),
  timeoutMs: Schema.optionalKey(
    whole(1, 60_000).annotate({ description: "Of one attempt; default: 10,000" })
  ),
  retry: Schema.optionalKey(
    Schema.Struct({
      attempts: Schema.optionalKey(
        whole(1, 10).annotate({ description: "Asked so often at most; default: 4" })
      ),
      backoffMs: Schema.optionalKey(
        whole(1, 60_000).annotate({
          description: "Before the second attempt; doubles from there; default: 250"
        })
      ),
      statuses: Schema.optionalKey(
        Schema.Array(whole(300, 599)).annotate({
          description: "Worth another attempt; default: 408, 425, 429, 500, 502, 503, 504"
        })
      )
    }).annotate({ description: "What is tried again, and how often" })
  )
})
export type Config = typeof Config.Type

export const defaultMax = 50
