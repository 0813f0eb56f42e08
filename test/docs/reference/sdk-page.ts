import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { root } from "../../house/floors.ts"
import { cell, generatedNote } from "../markdown.ts"

// TypeScript 7 has no stable interface for programs, so exports are followed through the sources' own `export … from`
// lines to the declaration, and the docstring before it is taken. A declaration that is not found fails the page.

interface Entry {
  readonly specifier: string
  readonly file: string
  readonly about: string
}

const entries: readonly Entry[] = [
  { specifier: "@millrace/sdk", file: "sdk/src/index.ts", about: "What plugins import." },
  {
    specifier: "@millrace/sdk/testing",
    file: "sdk/src/testing/index.ts",
    about:
      "Runs bundled plugins in the real sandbox, over given records, with a test clock and fake capabilities."
  },
  {
    specifier: "@millrace/sdk/build",
    file: "sdk/src/build/index.ts",
    about: "Bundles plugins and makes archives."
  }
]

interface Declared {
  readonly name: string
  readonly kind: string
  readonly doc: string
}

const declaration =
  /(\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*)?^export (?:declare )?(?:abstract )?(const|function\*?|class|interface|type|namespace) (\w+)/gm

const declaredIn = (file: string): readonly Declared[] =>
  [...readFileSync(join(root, file), "utf8").matchAll(declaration)].map(
    ([, doc = "", kind = "", name = ""]) => ({ name, kind, doc: plain(doc) })
  )

/** A docstring as one paragraph: without stars, links as code. */
const plain = (doc: string): string =>
  doc
    .replaceAll(/^\s*\/\*\*|\*\/\s*$/g, "")
    .replaceAll(/^\s*\* ?/gm, "")
    .replaceAll(/\{@link ([\w.]+)\}/g, "`$1`")
    .split(/\n\s*\n|```/)[0]!
    .replaceAll(/\s+/g, " ")
    .trim()

const fromPattern = /export (?:type )?(?:\{([^}]*)\}|\*(?: as (\w+))?) from "([^"]+)"/g

/** Every name that a module exports, with its declaration. */
const exportsOf = (file: string): readonly Declared[] => {
  const text = readFileSync(join(root, file), "utf8")
  const passed = [...text.matchAll(fromPattern)].flatMap(([, names, space, from = ""]) => {
    if (!from.startsWith("."))
      return (names === undefined ? [] : namesIn(names)).map(([, name]) => foreign(name, from))
    const target = join(dirname(file), from)
    if (space !== undefined)
      return [
        {
          name: space,
          kind: "namespace",
          doc: exportsOf(target)
            .map(({ name }) => name)
            .join(", ")
        }
      ]
    const all = exportsOf(target)
    if (names === undefined) return all
    return namesIn(names).map(([original, name]) => {
      const found = all.find((each) => each.name === original)
      if (found === undefined) throw new Error(`${file}: no declaration of ${original} in ${target}`)
      return { ...found, name }
    })
  })
  return [...declaredIn(file), ...passed]
}

const foreign = (name: string, from: string): Declared => ({
  name,
  kind: "re-export",
  doc: `Of \`${from}\`.`
})

const namesIn = (names: string): readonly (readonly [string, string])[] =>
  names
    .split(",")
    .map((each) => each.trim().replace(/^type /, ""))
    .filter((each) => each !== "")
    .map((each) => {
      const [original = "", name = original] = each.split(" as ")
      return [original, name]
    })

const chapter = ({ about, file, specifier }: Entry): string => {
  const byName = new Map<string, Declared>()
  // Of overloads and of a type and a value of one name, the one that is documented.
  for (const each of exportsOf(file))
    if ((byName.get(each.name)?.doc ?? "") === "") byName.set(each.name, each)
  const rows = [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const lines = (all: readonly Declared[]) => [
    "| name | | |",
    "|---|---|---|",
    ...all.map(({ doc, kind, name }) => `| \`${name}\` | ${kind} | ${cell(doc)} |`),
    ""
  ]
  const isType = ({ kind }: Declared) => kind === "interface" || kind === "type"
  return [
    `## \`${specifier}\``,
    "",
    about,
    "",
    ...lines(rows.filter((row) => !isType(row))),
    "Types:",
    "",
    ...lines(rows.filter(isType))
  ].join("\n")
}

/** docs/reference/sdk.md. */
export const sdkPage = (): string =>
  [
    "# The SDK",
    "",
    generatedNote,
    "",
    "What each entry exports. Signatures are in the editor's hover; [type-errors.md](type-errors.md) has what the compiler says.",
    "",
    ...entries.map(chapter)
  ].join("\n")
