import {
  field,
  record,
  type Row,
  sent,
  type Story,
  title,
  year,
  yearOrNone,
  yearOrZero
} from "./rest-story.ts"

const one = record(title)
const withNone = record(title, yearOrNone)
const withYear = record(title, year)
const bare = record()

/** What a mode says of a schema that adds an optional field, adds a field without a default, and drops one. */
const verdicts = (mode: string, optional: boolean, adds: boolean, drops: boolean): Story => {
  const check = (schema: string, isCompatible: boolean): Row => [
    "POST /compatibility/subjects/a/versions/latest",
    sent(schema),
    200,
    { is_compatible: isCompatible }
  ]
  return {
    title: `follows the mode ${mode}`,
    rows: [
      ["POST /subjects/a/versions", sent(one), 200],
      ["PUT /config/a", { compatibility: mode }, 200, { compatibility: mode }],
      check(withNone, optional),
      check(withYear, adds),
      check(bare, drops),
      ["POST /subjects/a/versions", sent(withYear), adds ? 200 : 40901]
    ]
  }
}

/** The same of a schema that only the version before the latest clashes with. */
const transitive = (mode: string, allows: boolean): Story => ({
  title: `looks at ${allows ? "the latest version" : "all versions"} in the mode ${mode}`,
  rows: [
    ["PUT /config", { compatibility: "NONE" }, 200],
    ["POST /subjects/a/versions", sent(one), 200],
    ["POST /subjects/a/versions", sent(withYear), 200],
    ["PUT /config", { compatibility: mode }, 200],
    [
      "POST /compatibility/subjects/a/versions",
      sent(record(title, year, field("x", "int", { default: 1 }))),
      200,
      { is_compatible: allows }
    ],
    ["POST /compatibility/subjects/a/versions/latest", sent(withYear), 200, { is_compatible: true }]
  ]
})

export const compatibilityStories: readonly Story[] = [
  verdicts("NONE", true, true, true),
  verdicts("BACKWARD", true, false, true),
  verdicts("BACKWARD_TRANSITIVE", true, false, true),
  verdicts("FORWARD", true, true, false),
  verdicts("FORWARD_TRANSITIVE", true, true, false),
  verdicts("FULL", true, false, false),
  verdicts("FULL_TRANSITIVE", true, false, false),
  transitive("BACKWARD", true),
  transitive("BACKWARD_TRANSITIVE", false),
  transitive("FULL", true),
  transitive("FULL_TRANSITIVE", false),
  {
    title: "looks at the latest version alone, so that dropping a default passes, but not with all",
    rows: [
      ["POST /subjects/a/versions", sent(one), 200],
      ["POST /subjects/a/versions", sent(record(title, yearOrZero)), 200],
      ["POST /compatibility/subjects/a/versions/2", sent(withYear), 200, { is_compatible: true }],
      ["POST /compatibility/subjects/a/versions/1", sent(withYear), 200, { is_compatible: false }],
      [
        "PUT /config/a",
        { compatibility: "backward_transitive" },
        200,
        { compatibility: "BACKWARD_TRANSITIVE" }
      ],
      ["POST /subjects/a/versions", sent(withYear), 40901, "READER_FIELD_MISSING_DEFAULT_VALUE"]
    ]
  },
  {
    title: "names the kind of clash, its place, the version and the mode",
    rows: [
      ["POST /subjects/a/versions", sent(one), 200],
      [
        "POST /subjects/a/versions",
        sent(withYear),
        40901,
        'incompatible with an earlier schema for subject "a"'
      ],
      ["POST /subjects/a/versions", sent(withYear), 40901, "{compatibility: 'BACKWARD'}"],
      ["POST /subjects/a/versions", sent(record(field("title", "int"))), 40901, "errorType:'TYPE_MISMATCH'"],
      [
        "POST /subjects/a/versions",
        sent('{"type":"record","name":"studio.Film","fields":[]}'),
        40901,
        "errorType:'NAME_MISMATCH'"
      ],
      [
        "POST /compatibility/subjects/a/versions?verbose=true",
        sent(one),
        200,
        { is_compatible: true, messages: [] }
      ],
      ["POST /compatibility/subjects/a/versions/1?verbose=true", sent("{"), 200, { is_compatible: false }],
      ["POST /compatibility/subjects/a/versions/1", sent("{"), 42201],
      ["POST /compatibility/subjects/a/versions/7", sent(one), 40402],
      ["POST /compatibility/subjects/a/versions/x", sent(one), 42202],
      ["POST /compatibility/subjects/nothing/versions/latest", sent(one), 200, { is_compatible: true }],
      ["POST /compatibility/subjects/nothing/versions", sent(one), 200, { is_compatible: true }],
      ["POST /compatibility/subjects/nothing/versions/1", sent(one), 40402],
      ["GET /subjects/a/versions", undefined, 200, [1]]
    ]
  },
  {
    title: "does not look at deleted versions",
    rows: [
      ["POST /subjects/a/versions", sent(one), 200],
      ["DELETE /subjects/a", undefined, 200, [1]],
      ["POST /subjects/a/versions", sent('"int"'), 200, { version: 2 }]
    ]
  },
  {
    title: "sets compatibility globally, for a context, and for a subject, the nearest first",
    rows: [
      ["GET /config", undefined, 200, { compatibilityLevel: "BACKWARD" }],
      ["GET /config/a", undefined, 40408],
      ["GET /config/a?defaultToGlobal=true", undefined, 200, { compatibilityLevel: "BACKWARD" }],
      ["PUT /config", { compatibility: "FULL" }, 200, { compatibility: "FULL" }],
      ["GET /config/a?defaultToGlobal=true", undefined, 200, { compatibilityLevel: "FULL" }],
      ["PUT /config/a", { compatibility: "NONE" }, 200],
      ["GET /config/a", undefined, 200, { compatibilityLevel: "NONE" }],
      ["GET /config", undefined, 200, { compatibilityLevel: "FULL" }],
      ["GET /config/:.team:b?defaultToGlobal=true", undefined, 200, { compatibilityLevel: "BACKWARD" }],
      ["PUT /config/:.__GLOBAL:", { compatibility: "FORWARD" }, 200],
      ["GET /config/:.team:b?defaultToGlobal=true", undefined, 200, { compatibilityLevel: "FORWARD" }],
      ["PUT /config/:.team:", { compatibility: "FULL_TRANSITIVE" }, 200],
      ["GET /config/:.team:", undefined, 200, { compatibilityLevel: "FULL_TRANSITIVE" }],
      [
        "GET /config/:.team:b?defaultToGlobal=true",
        undefined,
        200,
        { compatibilityLevel: "FULL_TRANSITIVE" }
      ],
      ["DELETE /config/a", undefined, 200, { compatibilityLevel: "NONE" }],
      ["DELETE /config/a", undefined, 40401],
      ["GET /config/a", undefined, 40408],
      ["DELETE /config", undefined, 200, { compatibilityLevel: "FULL" }],
      ["GET /config", undefined, 200, { compatibilityLevel: "BACKWARD" }],
      ["GET /config/:.:", undefined, 200, { compatibilityLevel: "BACKWARD" }]
    ]
  },
  {
    title: "refuses settings that it does not know",
    rows: [
      ["PUT /config", { compatibility: "SOMETIMES" }, 42203, "Valid values are none, backward"],
      ["PUT /config/a", { compatibility: 1 }, 42203],
      ["PUT /config/a", { alias: "b" }, 42203, "'alias' is not supported"],
      ["PUT /config/a", { compatibility: "FULL", alias: null }, 200, { compatibility: "FULL" }],
      ["PUT /config/a", { compatibility: null }, 200],
      ["GET /config/a", undefined, 40408]
    ]
  }
]
