import { record, sent, type Story, title, year, yearOrNone, yearOrZero } from "./rest-story.ts"

const one = record(title)
const two = record(title, yearOrNone)
const three = record(title, yearOrZero)

export const subjectStories: readonly Story[] = [
  {
    title: "registers, and gives the same schema the same id under every subject",
    rows: [
      ["GET /subjects", undefined, 200, []],
      ["POST /subjects/a/versions", sent(one), 200, { id: 1, version: 1 }],
      ["POST /subjects/a/versions", sent(one), 200, { id: 1, version: 1 }],
      ["POST /subjects/a/versions", sent(two), 200, { id: 2, version: 2 }],
      ["POST /subjects/b/versions", sent(two), 200, { id: 2, version: 1 }],
      ["POST /subjects/b/versions", sent(JSON.stringify(JSON.parse(two), undefined, 2)), 200, { id: 2 }],
      [
        "POST /subjects/c/versions",
        sent(two.replace('"studio.Movie"', '"Movie","namespace":"studio"')),
        200,
        { id: 2 }
      ],
      ["GET /subjects", undefined, 200, ["a", "b", "c"]],
      ["GET /subjects/a/versions", undefined, 200, [1, 2]],
      ["GET /subjects/a/versions?offset=1&limit=1", undefined, 200, [2]],
      ["GET /subjects/nothing/versions", undefined, 40401, "Subject 'nothing' not found."]
    ]
  },
  {
    title: "shows versions by number, latest and -1",
    rows: [
      ["POST /subjects/a/versions", sent(one), 200],
      ["POST /subjects/a/versions", sent(two), 200],
      ["GET /subjects/a/versions/1", undefined, 200, { subject: "a", version: 1, id: 1, schema: one }],
      ["GET /subjects/a/versions/latest", undefined, 200, { version: 2, id: 2 }],
      ["GET /subjects/a/versions/-1", undefined, 200, { version: 2 }],
      ["GET /subjects/a/versions/1/schema", undefined, 200, one],
      ["GET /subjects/a/versions/3", undefined, 40402, "Version 3 not found."],
      ["GET /subjects/b/versions/1", undefined, 40401],
      ["GET /subjects/b/versions/latest", undefined, 40401],
      ["GET /subjects/a/versions/0", undefined, 42202, "'0' is not a valid version id"],
      ["GET /subjects/a/versions/-2", undefined, 42202],
      ["GET /subjects/a/versions/newest", undefined, 42202],
      ["GET /subjects/a/versions/2147483648", undefined, 42202],
      ["GET /subjects/a/versions/earliest/schema", undefined, 42202]
    ]
  },
  {
    title: "refuses what is no Avro schema",
    rows: [
      ["POST /subjects/a/versions", sent("{"), 42201],
      ["POST /subjects/a/versions", sent(""), 42201, "Empty schema"],
      ["POST /subjects/a/versions", {}, 42201, "Empty schema"],
      ["POST /subjects/a/versions", sent('{"type":"recordd"}'), 42201, "recordd"],
      [
        "POST /subjects/a/versions",
        sent('{"type":"record","name":"R","fields":[{"name":"a b","type":"int"}]}'),
        42201,
        "schema.fields[0].name"
      ],
      ["POST /subjects/a/versions", sent("{}", { schemaType: "JSON" }), 42201, "Invalid schema type JSON"],
      [
        "POST /subjects/a/versions",
        sent('syntax = "proto3";', { schemaType: "PROTOBUF" }),
        42201,
        "Avro schemas alone"
      ],
      ["POST /subjects/a/versions", sent(one, { schemaType: "AVRO" }), 200, { id: 1 }],
      ["POST /subjects/a/versions", sent(`"${"x".repeat(1_048_577)}"`), 42209, "longer than 1048576"],
      ["POST /subjects/a/versions", { schema: 5 }, 400],
      ["POST /subjects/a/versions", [], 400],
      ["POST /subjects/a%00b/versions", sent(one), 42208],
      ["POST /subjects/__EMPTY/versions", sent(one), 42208],
      ["GET /schemas/types", undefined, 200, ["AVRO"]],
      ["GET /subjects", undefined, 200, ["a"]]
    ]
  },
  {
    title: "looks a schema up under a subject",
    rows: [
      ["POST /subjects/a", sent(one), 40401],
      ["POST /subjects/a/versions", sent(one), 200],
      ["POST /subjects/a/versions", sent(two), 200],
      ["POST /subjects/a", sent(one), 200, { subject: "a", id: 1, version: 1, schema: one }],
      ["POST /subjects/a", sent(three), 40403, "Schema not found"],
      ["POST /subjects/a", sent("{"), 42201],
      ["DELETE /subjects/a/versions/1", undefined, 200, 1],
      ["POST /subjects/a", sent(one), 40403],
      ["POST /subjects/a?deleted=true", sent(one), 200, { version: 1, deleted: true }]
    ]
  },
  {
    title: "deletes versions softly, then for good",
    rows: [
      ["POST /subjects/a/versions", sent(one), 200],
      ["POST /subjects/a/versions", sent(two), 200],
      ["DELETE /subjects/a/versions/9", undefined, 40402],
      ["DELETE /subjects/b/versions/1", undefined, 40401],
      ["DELETE /subjects/a/versions/none", undefined, 42202],
      ["DELETE /subjects/a/versions/2?permanent=true", undefined, 40407],
      ["DELETE /subjects/a/versions/latest", undefined, 200, 2],
      ["DELETE /subjects/a/versions/2", undefined, 40406, "Set permanent=true"],
      ["GET /subjects/a/versions", undefined, 200, [1]],
      ["GET /subjects/a/versions?deleted=true", undefined, 200, [1, 2]],
      ["GET /subjects/a/versions?deletedOnly=true", undefined, 200, [2]],
      ["GET /subjects/a/versions?deletedAsNegative=true", undefined, 200, [1, -2]],
      ["GET /subjects/a/versions/2", undefined, 40402],
      ["GET /subjects/a/versions/2?deleted=true", undefined, 200, { id: 2, deleted: true }],
      ["GET /schemas/ids/2", undefined, 200, { schema: two }],
      ["POST /subjects/a/versions", sent(two), 200, { id: 2, version: 3 }],
      ["DELETE /subjects/a/versions/2?permanent=true", undefined, 200, 2],
      ["GET /subjects/a/versions?deleted=true", undefined, 200, [1, 3]]
    ]
  },
  {
    title: "deletes subjects softly, then for good",
    rows: [
      ["DELETE /subjects/a", undefined, 40401],
      ["POST /subjects/a/versions", sent(one), 200],
      ["POST /subjects/a/versions", sent(two), 200],
      ["PUT /config/a", { compatibility: "NONE" }, 200],
      ["DELETE /subjects/a?permanent=true", undefined, 40405],
      ["DELETE /subjects/a", undefined, 200, [1, 2]],
      ["DELETE /subjects/a", undefined, 40404],
      ["GET /subjects", undefined, 200, []],
      ["GET /subjects?deleted=true", undefined, 200, ["a"]],
      ["GET /subjects?deletedOnly=true", undefined, 200, ["a"]],
      ["GET /subjects/a/versions", undefined, 40401],
      ["GET /subjects/a/versions/latest", undefined, 40401],
      ["GET /config/a", undefined, 200, { compatibilityLevel: "NONE" }],
      ["DELETE /subjects/a?permanent=true", undefined, 200, [1, 2]],
      ["DELETE /subjects/a?permanent=true", undefined, 40401],
      ["GET /subjects?deleted=true", undefined, 200, []],
      ["GET /schemas/ids/1", undefined, 40403],
      ["GET /config/a", undefined, 40408],
      ["POST /subjects/a/versions", sent(two), 200, { version: 1 }]
    ]
  },
  {
    title: "shows schemas by their id",
    rows: [
      ["GET /schemas/ids/1", undefined, 40403, "Schema 1 not found"],
      ["POST /subjects/a/versions", sent(one), 200],
      ["POST /subjects/b/versions", sent(one), 200],
      ["POST /subjects/b/versions", sent(two), 200],
      ["GET /schemas/ids/1", undefined, 200, { schema: one }],
      ["GET /schemas/ids/1?subject=b", undefined, 200, { schema: one, subject: "b", version: 1 }],
      ["GET /schemas/ids/1?fetchMaxId=true", undefined, 200, { maxId: 2 }],
      ["GET /schemas/ids/1/schema", undefined, 200, one],
      ["GET /schemas/ids/1/subjects", undefined, 200, ["a", "b"]],
      [
        "GET /schemas/ids/1/versions",
        undefined,
        200,
        [
          { subject: "a", version: 1 },
          { subject: "b", version: 1 }
        ]
      ],
      ["DELETE /subjects/a", undefined, 200, [1]],
      ["GET /schemas/ids/1/subjects", undefined, 200, ["b"]],
      ["GET /schemas/ids/1/subjects?deleted=true", undefined, 200, ["a", "b"]],
      ["GET /schemas/ids/1/versions?deleted=true&limit=1", undefined, 200, [{ subject: "a", version: 1 }]],
      ["GET /schemas/ids/9/versions", undefined, 40403],
      ["GET /schemas/ids/x", undefined, 40403]
    ]
  },
  {
    title: "lists subjects and schemas by prefix, piece by piece",
    rows: [
      ["POST /subjects/films-key/versions", sent('"string"'), 200],
      ["POST /subjects/films-value/versions", sent(one), 200],
      ["POST /subjects/films-value/versions", sent(two), 200],
      ["POST /subjects/people/versions", sent(one), 200],
      ["GET /subjects?subjectPrefix=films", undefined, 200, ["films-key", "films-value"]],
      ["GET /subjects?offset=1&limit=1", undefined, 200, ["films-value"]],
      ["GET /subjects?limit=x", undefined, 400],
      ["GET /subjects?subjectPrefix=%25", undefined, 200, []],
      ["GET /schemas?latestOnly=true&subjectPrefix=films-v&format=", undefined, 200],
      ["DELETE /subjects/people", undefined, 200, [1]],
      ["GET /subjects?deletedOnly=true", undefined, 200, ["people"]]
    ]
  },
  {
    title: "takes any name for a subject",
    rows: [
      ["POST /subjects/films%2F2026%20%C3%A4/versions", sent(one), 200, { id: 1 }],
      ["GET /subjects/films%2F2026%20%C3%A4/versions/1", undefined, 200, { subject: "films/2026 ä" }],
      ["POST /subjects/100%25/versions", sent(one), 200],
      ["GET /subjects", undefined, 200, ["100%", "films/2026 ä"]],
      ["DELETE /subjects/films%2F2026%20%C3%A4", undefined, 200, [1]]
    ]
  },
  {
    title: "puts attributes in order when it is told to normalize",
    rows: [
      ["POST /subjects/a/versions", sent('{"type":"int","b":1,"a":2}'), 200, { id: 1 }],
      ["POST /subjects/a/versions?normalize=true", sent('{"type":"int","b":1,"a":2}'), 200, { id: 2 }],
      ["POST /subjects/a/versions?normalize=true", sent('{"type":"int","a":2,"b":1}'), 200, { id: 2 }],
      ["POST /subjects/a", sent('{"type":"int","a":2,"b":1}'), 200, { id: 2 }],
      ["PUT /config/b", { normalize: true }, 200, { normalize: true }],
      ["POST /subjects/b/versions", sent('{"type":"int","b":1,"a":2}'), 200, { id: 2 }],
      ["GET /config/b", undefined, 200, { normalize: true, compatibilityLevel: "BACKWARD" }]
    ]
  },
  {
    title: "finds the latest version by its metadata, and keeps what is said of a schema",
    rows: [
      [
        "POST /subjects/a/versions",
        sent(one, { metadata: { properties: { owner: "ann", tier: "1" } } }),
        200,
        { id: 1 }
      ],
      [
        "POST /subjects/a/versions",
        sent(one, { metadata: { properties: { owner: "bob" } } }),
        200,
        { id: 2, version: 2 }
      ],
      ["POST /subjects/a/versions", sent(one), 200, { id: 3, version: 3 }],
      [
        "GET /subjects/a/metadata?key=owner&value=ann",
        undefined,
        200,
        { version: 1, metadata: { properties: { owner: "ann", tier: "1" } } }
      ],
      ["GET /subjects/a/metadata?key=owner&value=ann&key=tier&value=2", undefined, 40403],
      ["GET /subjects/b/metadata?key=owner&value=ann", undefined, 40401],
      ["POST /subjects/a/versions", sent(one, { metadata: { properties: { owner: 1 } } }), 400],
      [
        "POST /subjects/c/versions",
        sent(one, { ruleSet: { domainRules: [{ name: "r" }] } }),
        200,
        { id: 4, ruleSet: { domainRules: [{ name: "r" }] } }
      ]
    ]
  },
  {
    title: "says what it is",
    rows: [
      ["GET ", undefined, 200, {}],
      ["GET /", undefined, 200, {}],
      ["GET /v1/metadata/version", undefined, 200, { version: "1.0.0" }],
      ["GET /v1/metadata/id", undefined, 200, { id: "" }],
      ["GET /nothing", undefined, 404],
      ["PATCH /subjects", undefined, 404],
      ["POST /subjects/a/versions", sent(record(title, year), { unknown: true }), 200, { id: 1 }]
    ]
  }
]
