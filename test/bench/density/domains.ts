import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../../input/program.ts"

// Packages of as many publishers, each a trust domain of its own, and the pipelines that deploy their processors.

/** How many trust domains, and how many processors each of them has. */
export interface Layout {
  readonly domains: number
  readonly perDomain: number
}

export const twoDigits = (number: number): string => String(number).padStart(2, "0")

/** Name of a processor's pipeline. */
export const pipelineOf = (domain: number, processor: number): string =>
  `d${twoDigits(domain)}-p${twoDigits(processor)}`

/** The stream that a processor alone reads. */
export const inputOf = (domain: number, processor: number): string => `feed.${pipelineOf(domain, processor)}`

export const pipelineNamesOf = ({ domains, perDomain }: Layout): readonly string[] =>
  Array.from({ length: domains * perDomain }, (_, index) =>
    pipelineOf(Math.floor(index / perDomain), index % perDomain)
  )

/** By turns a map of one field, a filter, and a body with both; what they do differs by domain and number. */
const processorText = (domain: number, processor: number): string => {
  const name = `p${twoDigits(processor)}`
  const [start, reads] = [
    `export const ${name} = defineProcessor({ name: "${name}", `,
    `reads: { price: Schema.Int }, `
  ]
  const price = `price + ${domain * 100 + processor}`
  switch (processor % 3) {
    case 0:
      return `${start}${reads}updates: ["price"], map: ({ price }) => ({ price: ${price} }) })`
    case 1:
      return `${start}${reads}filter: ({ price }) => ${price} >= 0 })`
    default:
      return `${start}${reads}updates: ["price"], process: ({ price }) => (${price} < 0 ? [] : [{ price: ${price} }]) })`
  }
}

/** Writes a package for each domain below `folder`; `up --publish` takes that. */
export const writePackages = (folder: string, { domains, perDomain }: Layout): void => {
  mkdirSync(folder, { recursive: true })
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  for (let domain = 0; domain < domains; domain++) {
    const own = join(folder, packageFolder(domain))
    mkdirSync(join(own, "src"), { recursive: true })
    const manifest = {
      name: packageName(domain),
      version: "1.0.0",
      description: "Processors of one publisher",
      private: true,
      type: "module",
      millrace: { entry: "src/index.ts" },
      dependencies: { "@millrace/sdk": "0.1.0" }
    }
    writeFileSync(join(own, "package.json"), JSON.stringify(manifest))
    const processors = Array.from({ length: perDomain }, (_, processor) => processorText(domain, processor))
    writeFileSync(
      join(own, "src/index.ts"),
      ['import { defineProcessor, Schema } from "@millrace/sdk"', ...processors, ""].join("\n")
    )
  }
}

const packageFolder = (domain: number): string => `publisher-${twoDigits(domain)}`

const packageName = (domain: number): string => `@publisher-${twoDigits(domain)}/processors`

/** True of the trust domains that the processors are in. */
export const isPublisher = (domain: string): boolean => domain.startsWith("@publisher-")

/** A pipeline of one processor between two streams. */
export const processorPipeline = (domain: number, processor: number, input: string): string => {
  const name = pipelineOf(domain, processor)
  return `pipeline: ${name}
owner: bench
nodes:
  made:
    use: "${packageName(domain)}#p${twoDigits(processor)}@^1"
    from: { stream: ${input} }
    stream: made.${name}
    partitions: 1
`
}

/** Name of the pipeline that takes in what the processors of a domain are fed with. */
export const feedOf = (domain: number): string => `feed-${twoDigits(domain)}`

const feedSchema = {
  type: "record",
  name: "bench.Fed",
  fields: [
    { name: "id", type: "string" },
    { name: "to", type: "int" },
    { name: "price", type: "int" }
  ]
}

/** Takes events in by HTTP and gives each to the stream of the processor whose number it bears. */
export const feedPipeline = (domain: number, { perDomain }: Layout): string => {
  const numbers = Array.from({ length: perDomain }, (_, processor) => processor)
  const routes = Object.fromEntries(numbers.map((each) => [`p${twoDigits(each)}`, `to = ${each}`]))
  const outputs = Object.fromEntries(
    numbers.map((each) => [`p${twoDigits(each)}`, { stream: inputOf(domain, each), partitions: 1 }])
  )
  return `pipeline: ${feedOf(domain)}
owner: bench
nodes:
  events:
    source: "@millrace/ingest@^1"
    with: ${JSON.stringify({ schema: feedSchema, eventId: "id" })}
    partitions: 1
  routed:
    use: "@millrace/route@^1"
    from: events
    with: ${JSON.stringify({ routes })}
    outputs: ${JSON.stringify(outputs)}
`
}
