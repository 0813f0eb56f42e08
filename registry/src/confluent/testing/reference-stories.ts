import { record, sent, type Story, title } from "./rest-story.ts"

const person = '{"type":"record","name":"studio.Person","fields":[{"name":"name","type":"string"}]}'
const named = { name: "studio.Person", subject: "person", version: 1 }
const movie = record(title, { name: "director", type: "studio.Person" })
const inPlace = record(title, { name: "director", type: JSON.parse(person) })
const series =
  '{"type":"record","name":"studio.Series","fields":[{"name":"pilot","type":"studio.Movie"},{"name":"star","type":"studio.Person"}]}'
const movieNamed = { name: "studio.Movie", subject: "movie", version: 1 }

export const referenceStories: readonly Story[] = [
  {
    title: "keeps references, and resolves them when asked",
    rows: [
      ["POST /subjects/movie/versions", sent(movie), 42201, "studio.Person"],
      ["POST /subjects/movie/versions", sent(movie, { references: [named] }), 42201, "version 1 of person"],
      ["POST /subjects/person/versions", sent(person), 200, { id: 1 }],
      ["POST /subjects/movie/versions", sent(movie, { references: [{ ...named, version: 2 }] }), 42201],
      [
        "POST /subjects/movie/versions",
        sent(movie, { references: [named] }),
        200,
        { id: 2, references: [named] }
      ],
      ["GET /subjects/movie/versions/1", undefined, 200, { schema: movie, references: [named] }],
      ["GET /subjects/movie/versions/1?format=resolved", undefined, 200, { schema: inPlace }],
      ["GET /schemas/ids/2", undefined, 200, { schema: movie, references: [named] }],
      ["GET /schemas/ids/2/schema?format=resolved", undefined, 200, inPlace],
      ["POST /subjects/series/versions", sent(series, { references: [movieNamed] }), 200, { id: 3 }],
      ["POST /subjects/movie", sent(movie, { references: [named] }), 200, { version: 1 }],
      ["POST /subjects/movie", sent(inPlace), 200, { version: 1, id: 2 }],
      ["POST /subjects/other/versions", sent(inPlace), 200, { version: 1, id: 4 }],
      ["POST /subjects/other", sent(movie, { references: [named] }), 200, { version: 1, id: 4 }],
      ["POST /subjects/other", sent(person), 40403],
      ["GET /subjects/person/versions/1/referencedby", undefined, 200, [2]],
      ["GET /subjects/movie/versions/latest/referencedby", undefined, 200, [3]],
      ["GET /subjects/series/versions/1/referencedby", undefined, 200, []],
      ["GET /subjects/series/versions/5/referencedby", undefined, 40402]
    ]
  },
  {
    title: "refuses to delete what is referred to",
    rows: [
      ["POST /subjects/person/versions", sent(person), 200],
      [
        "POST /subjects/movie/versions",
        sent(movie, { references: [{ ...named, version: -1 }] }),
        200,
        { references: [named] }
      ],
      ["DELETE /subjects/person", undefined, 42206, "'person' Version 1"],
      ["DELETE /subjects/person/versions/1", undefined, 42206],
      ["DELETE /subjects/movie", undefined, 200, [1]],
      ["DELETE /subjects/person", undefined, 200, [1]],
      ["DELETE /subjects/person?permanent=true", undefined, 42206],
      ["DELETE /subjects/movie?permanent=true", undefined, 200, [1]],
      ["GET /subjects/person/versions/1/referencedby?deleted=true", undefined, 200, []],
      ["DELETE /subjects/person?permanent=true", undefined, 200, [1]]
    ]
  },
  {
    title: "refers to what is there, and defines nothing twice",
    rows: [
      ["POST /subjects/person/versions", sent(person), 200],
      ["DELETE /subjects/person", undefined, 200, [1]],
      ["POST /subjects/movie/versions", sent(movie, { references: [named] }), 42201],
      ["POST /subjects/person/versions", sent(person), 200, { version: 2 }],
      [
        "POST /subjects/movie/versions",
        sent(inPlace, { references: [{ ...named, version: 2 }] }),
        42201,
        "defined a second time"
      ],
      [
        "POST /subjects/person/versions",
        sent(movie, { references: [{ name: "p", subject: "person", version: 3 }] }),
        42201
      ],
      ["POST /subjects/movie/versions", sent(movie, { references: [{ name: "p" }] }), 400, "references.0"]
    ]
  },
  {
    title: "judges compatibility with what references define",
    rows: [
      ["POST /subjects/person/versions", sent(person), 200],
      ["PUT /config/person", { compatibility: "NONE" }, 200],
      ["POST /subjects/person/versions", sent(person.replace('"string"', '"int"')), 200, { version: 2 }],
      ["POST /subjects/movie/versions", sent(movie, { references: [named] }), 200, { version: 1 }],
      [
        "POST /subjects/movie/versions",
        sent(movie, { references: [{ ...named, version: 2 }] }),
        40901,
        "director.name"
      ],
      [
        "POST /compatibility/subjects/movie/versions/latest",
        sent(movie, { references: [named] }),
        200,
        { is_compatible: true }
      ]
    ]
  },
  {
    title: "keeps contexts apart, and finds without one what stands in any",
    rows: [
      ["GET /contexts", undefined, 200, ["."]],
      ["POST /subjects/:.team:person/versions", sent(person), 200, { id: 1 }],
      ["POST /subjects/person/versions", sent('"int"'), 200, { id: 2, version: 1 }],
      ["POST /subjects/:.:person/versions", sent('"int"'), 200, { id: 2, version: 1 }],
      ["POST /subjects/:.team:movie/versions", sent(movie, { references: [named] }), 200, { id: 3 }],
      [
        "GET /subjects/:.team:movie/versions/1?referenceFormat=qualified",
        undefined,
        200,
        { references: [{ ...named, subject: ":.team:person" }] }
      ],
      ["GET /contexts", undefined, 200, [".", ".team"]],
      ["GET /subjects", undefined, 200, [":.team:movie", ":.team:person", "person"]],
      ["GET /subjects?subjectPrefix=:.team:", undefined, 200, [":.team:movie", ":.team:person"]],
      ["GET /subjects?subjectPrefix=", undefined, 200, ["person"]],
      ["GET /subjects?subjectPrefix=:*:p", undefined, 200, [":.team:person", "person"]],
      ["GET /subjects/movie/versions/1", undefined, 200, { subject: ":.team:movie" }],
      ["POST /subjects/movie", sent(movie, { references: [named] }), 200, { subject: ":.team:movie" }],
      ["GET /schemas/ids/1?subject=:.team:", undefined, 200, { schema: person }],
      ["GET /schemas/ids/2?subject=:.team:", undefined, 40403],
      ["GET /schemas/ids/1", undefined, 200],
      ["POST /subjects/:.__GLOBAL:x/versions", sent(person), 42208],
      ["DELETE /contexts/:.team:", undefined, 42211, "is not empty"],
      ["DELETE /subjects/:.team:movie", undefined, 200, [1]],
      ["DELETE /subjects/:.team:movie?permanent=true", undefined, 200, [1]],
      ["DELETE /subjects/:.team:person", undefined, 200, [1]],
      ["DELETE /subjects/:.team:person?permanent=true", undefined, 200, [1]],
      ["DELETE /contexts/.team", undefined, 204],
      ["GET /contexts", undefined, 200, ["."]]
    ]
  }
]
