import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { type BenchRow, machine, median } from "./row.ts"

// What `tsc` takes for an author's project of 50 processors, each with contracts of its own, against its budget: a fresh
// process each time, nothing kept between. The SDK is checked from its sources, which is more than the declarations that an
// author's project has. A project with a mistake in its last processor must be refused, or nothing was checked.

const root = resolve(import.meta.dirname, "../..")
const processors = 50
const rounds = 5
const budgetMs = 3_000

export const run = async (): Promise<readonly BenchRow[]> => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-types-bench-"))
  try {
    writeProject(folder)
    const taken: number[] = []
    for (let round = 0; round < rounds; round++) taken.push(check(folder, true))
    writeFileSync(join(folder, "src", `processor-${processors}.ts`), processorText(processors, "raiting"))
    check(folder, false)
    const ours = median(taken)
    return [
      {
        name: `types: check of ${processors} processors`,
        ours,
        peer: budgetMs,
        peerName: "budget",
        ratio: budgetMs / ours,
        unit: "ms",
        rounds,
        verified: true,
        machine: machine()
      }
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Milliseconds of one run. Throws when the compiler does not find what it should. */
const check = (folder: string, isCorrect: boolean): number => {
  const started = performance.now()
  const { status, stdout } = spawnSync(
    join(root, "node_modules/.bin/tsc"),
    ["-p", folder, "--pretty", "false"],
    {
      encoding: "utf8"
    }
  )
  const took = performance.now() - started
  const asExpected = isCorrect ? status === 0 : /raiting.*Did you mean 'rating'/.test(stdout)
  if (!asExpected) throw new Error(`tsc said otherwise than expected:\n${stdout}`)
  return took
}

const writeProject = (folder: string): void => {
  const config = {
    compilerOptions: {
      target: "es2024",
      lib: ["es2024", "esnext.array", "esnext.collection", "esnext.iterator"],
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      noEmit: true,
      paths: {
        "@millrace/sdk": [join(root, "sdk/src/index.ts")],
        "effect/*": [join(root, "node_modules/effect/dist/*.d.ts")]
      }
    },
    include: ["src"]
  }
  mkdirSync(join(folder, "src"))
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
  for (let index = 1; index <= processors; index++)
    writeFileSync(join(folder, "src", `processor-${index}.ts`), processorText(index, "rating"))
}

/** The forms that authors write, in turn: closed and open, plain and generator, keyed, a function. */
const bodies = [
  (name: string, field: string) => `export const p${name} = defineProcessor({
  name: "p-${name}", input: Movie${name}, config: Schema.Struct({ min: Schema.Number }),
  filter: (movie, { config }) => (movie.${field} ?? 0) >= config.min
})`,
  (name: string, field: string) => `export const p${name} = defineProcessor({
  name: "p-${name}", input: Movie${name}, output: Count${name},
  map: (movie) => ({ director: movie.director ?? "unknown", movies: movie.${field} ?? 0, kind: "new" })
})`,
  (name: string, field: string) => `export const p${name} = defineProcessor({
  name: "p-${name}", input: Movie${name}, output: Count${name}, keyBy: "director",
  uses: { count: valueState(Schema.Int, { initial: 0 }), logger: log() },
  *process(movie, { count, logger }) {
    count.set(count.get() + 1)
    logger.info("counted", { rating: movie.${field} })
    return [{ director: movie.director ?? "unknown", movies: count.get(), kind: "new" }]
  }
})`,
  (name: string, field: string) => `export const p${name} = defineProcessor({
  name: "p-${name}", reads: { rating: Schema.Number, title: Schema.String }, adds: { stars: Schema.Int },
  map: ({ ${field}, title }) => ({ stars: Math.round(${field}) + title.length })
})`,
  (name: string, field: string) => `export const p${name} = defineFunction({
  name: "p-${name}", args: { rating: Schema.Number }, returns: Schema.Int,
  evaluate: (args) => Math.round(args.${field})
})`
]

const processorText = (index: number, field: string): string => {
  const name = String(index)
  const more = Array.from({ length: 8 }, (_, n) => `field${n}: Schema.NullOr(Schema.String)`).join(", ")
  return `import { Contract, defineFunction, defineProcessor, log, Schema, valueState } from "@millrace/sdk"

export const unused = [defineFunction, defineProcessor, log, valueState]
export class Movie${name} extends Contract<Movie${name}>()({
  subject: "studio.movies${name}", key: "id",
  schema: Schema.Struct({ id: Schema.String, title: Schema.String, director: Schema.NullOr(Schema.String),
                          rating: Schema.NullOr(Schema.Number), ${more} })
}) {}
export class Count${name} extends Contract<Count${name}>()({
  subject: "studio.counts${name}", key: "director",
  schema: Schema.Struct({ director: Schema.String, movies: Schema.Number, kind: Schema.Literals(["new", "old"]) })
}) {}
${bodies[index % bodies.length]?.(name, field) ?? ""}
`
}
