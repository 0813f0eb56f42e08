import { record, sent, type Story, title, yearOrNone } from "./rest-story.ts"

const one = record(title)
const two = record(title, yearOrNone)

export const modeStories: readonly Story[] = [
  {
    title: "has a mode globally, for a context, and for a subject",
    rows: [
      ["GET /mode", undefined, 200, { mode: "READWRITE" }],
      ["GET /mode/a", undefined, 40409],
      ["GET /mode/a?defaultToGlobal=true", undefined, 200, { mode: "READWRITE" }],
      ["PUT /mode", { mode: "READONLY" }, 200, { mode: "READONLY" }],
      ["GET /mode/a?defaultToGlobal=true", undefined, 200, { mode: "READONLY" }],
      ["GET /mode/:.team:a?defaultToGlobal=true", undefined, 200, { mode: "READWRITE" }],
      ["PUT /mode/a", { mode: "readwrite" }, 200, { mode: "READWRITE" }],
      ["GET /mode/a", undefined, 200, { mode: "READWRITE" }],
      ["PUT /mode", { mode: "WRITEONLY" }, 42204, "Valid values are READWRITE"],
      ["PUT /mode/a", {}, 42204],
      ["DELETE /mode/a", undefined, 200, { mode: "READWRITE" }],
      ["DELETE /mode/a", undefined, 40401],
      ["DELETE /mode", undefined, 200, { mode: "READONLY" }],
      ["GET /mode", undefined, 200, { mode: "READWRITE" }]
    ]
  },
  {
    title: "writes nothing where the mode is READONLY",
    rows: [
      ["POST /subjects/a/versions", sent(one), 200],
      ["PUT /mode/a", { mode: "READONLY" }, 200],
      ["POST /subjects/a/versions", sent(two), 42205, "READONLY"],
      ["DELETE /subjects/a", undefined, 42205, "read-only"],
      ["DELETE /subjects/a/versions/1", undefined, 42205],
      ["PUT /config/a", { compatibility: "NONE" }, 42205],
      ["DELETE /subjects/b", undefined, 40401],
      ["GET /subjects/a/versions", undefined, 200, [1]],
      ["POST /subjects/a", sent(one), 200],
      ["POST /compatibility/subjects/a/versions/latest", sent(two), 200, { is_compatible: true }],
      ["POST /subjects/b/versions", sent(two), 200, { id: 2 }],
      ["PUT /mode/a", { mode: "READWRITE" }, 200],
      ["POST /subjects/a/versions", sent(two), 200, { id: 2, version: 2 }]
    ]
  },
  {
    title: "lets READONLY_OVERRIDE count before what is set nearer",
    rows: [
      ["PUT /mode", { mode: "READONLY" }, 200],
      ["PUT /mode/a", { mode: "READWRITE" }, 200],
      ["POST /subjects/a/versions", sent(one), 200],
      ["PUT /mode", { mode: "READONLY_OVERRIDE" }, 200],
      ["GET /mode/a?defaultToGlobal=true", undefined, 200, { mode: "READONLY_OVERRIDE" }],
      ["POST /subjects/a/versions", sent(two), 42205],
      ["DELETE /mode?recursive=true", undefined, 200, { mode: "READONLY_OVERRIDE" }],
      ["GET /mode/a", undefined, 40409]
    ]
  },
  {
    title: "imports schemas with their ids and versions, in the mode IMPORT alone",
    rows: [
      ["POST /subjects/a/versions", sent(one, { id: 100, version: 1 }), 42205, "not in the mode IMPORT"],
      ["PUT /mode/a", { mode: "IMPORT" }, 200],
      ["POST /subjects/a/versions", sent(one), 42205, "bring its id"],
      ["POST /subjects/a/versions", sent(one, { id: 100, version: 3 }), 200, { id: 100, version: 3 }],
      ["POST /subjects/a/versions", sent(one, { id: 100, version: 3 }), 200, { id: 100, version: 3 }],
      ["POST /subjects/a/versions", sent('"int"', { id: 7, version: 1 }), 200, { id: 7, version: 1 }],
      ["POST /subjects/a/versions", sent(two, { id: 100, version: 4 }), 42205, "belongs to another schema"],
      ["POST /subjects/a/versions", sent(one, { id: 101, version: 5 }), 42207, "has the id 100 already"],
      ["POST /subjects/a/versions", sent(two, { id: 8, version: 3 }), 42205, "is another schema"],
      ["GET /subjects/a/versions", undefined, 200, [1, 3]],
      ["GET /schemas/ids/100", undefined, 200, { schema: one }],
      ["PUT /mode/a", { mode: "READWRITE" }, 200],
      ["POST /subjects/a/versions", sent(two), 200, { id: 101, version: 4 }],
      ["POST /subjects/a/versions", sent(record(), { version: 9 }), 42201, "next version of a is 5"],
      ["POST /subjects/a/versions", sent(record(), { version: 5 }), 200, { id: 102, version: 5 }]
    ]
  },
  {
    title: "imports only where there is nothing yet, unless it is forced",
    rows: [
      ["POST /subjects/a/versions", sent(one), 200],
      ["PUT /mode/a", { mode: "IMPORT" }, 42205, "found existing subjects"],
      ["PUT /mode", { mode: "IMPORT" }, 42205],
      ["PUT /mode/b", { mode: "IMPORT" }, 200],
      ["PUT /mode/a?force=true", { mode: "IMPORT" }, 200],
      ["DELETE /subjects/a", undefined, 200, [1]],
      ["PUT /mode/a", { mode: "READWRITE" }, 200],
      ["PUT /mode/a", { mode: "IMPORT" }, 200],
      ["GET /subjects?deleted=true", undefined, 200, []]
    ]
  }
]
