import { gzipSync } from "node:zlib"
import { integrityOf } from "../integrity.ts"

/** A tar entry, with every liberty that an attacker has. */
export interface Entry {
  readonly name: string
  readonly content?: string | Uint8Array
  /** Type flag; "0", a regular file, unless told. */
  readonly kind?: string
  /** The size that the header claims. */
  readonly claims?: string
  readonly magic?: string
  readonly checksum?: number
}

const headerOf = (entry: Entry, size: number): Uint8Array => {
  const header = Buffer.alloc(512)
  header.write(entry.name, 0, 100, "latin1")
  header.write("0000644\0", 100)
  header.write(entry.claims ?? `${size.toString(8).padStart(11, "0")}\0`, 124)
  header.write("00000000000\0", 136)
  header.write("        ", 148)
  header.write(entry.kind ?? "0", 156)
  header.write(entry.magic ?? "ustar\u000000", 257)
  const sum = entry.checksum ?? header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148)
  return header
}

/** A tar archive of the entries, in their order. */
export const tarOf = (entries: readonly Entry[]): Uint8Array =>
  Buffer.concat([
    ...entries.flatMap((entry) => {
      const content = Buffer.from(entry.content ?? "")
      return [headerOf(entry, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)]
    }),
    Buffer.alloc(1024)
  ])

export interface PackageFixture {
  readonly name?: string
  readonly version?: string
  /** Permissions of the one plugin. */
  readonly permissions?: readonly unknown[]
  /** Fields of its output, and of its input, besides `id`. */
  readonly fields?: readonly unknown[]
  readonly inputs?: readonly unknown[]
  /** Text added to the bundle, so that two archives differ. */
  readonly salt?: string
  readonly readme?: string
}

const contractOf = (subject: string, fields: readonly unknown[]) => ({
  form: "closed",
  subject,
  key: ["id"],
  schema: { type: "record", name: "Movie", fields: [{ name: "id", type: "string" }, ...fields] }
})

/** A plugin's manifest, the smallest that there is. */
export const pluginOf = ({ fields = [], inputs = [], permissions = [] }: PackageFixture = {}) => ({
  name: "films",
  kind: "processor",
  description: "Gives films",
  config: { type: "object", additionalProperties: false },
  expressions: [],
  inputs: [{ name: "input", many: false, contract: contractOf("studio.films", inputs) }],
  outputs: [{ name: "output", contract: contractOf("studio.movies", fields) }],
  bodies: [{ input: "input", form: "map", suspends: false }],
  keyBy: [],
  state: [],
  tables: [],
  permissions: permissions.map((permission, index) => ({ handle: `h${index}`, permission })),
  timers: false
})

/** A bundle by guest ABI 1 whose manifest is the given plugins. */
export const bundleOf = (plugins: readonly unknown[], salt = ""): string => `
var __millrace_bundle = {
  abi: 1,
  manifest() { return ${JSON.stringify(JSON.stringify(plugins))} },
  derive() { throw new Error("nothing here is derived") },
  open() { throw new Error("nothing here runs") }
}
//${salt}`

/** The files of a package as `millrace build` writes them. */
export const packageEntries = (fixture: PackageFixture = {}): readonly [Entry, Entry, ...Entry[]] => {
  const plugins = [pluginOf(fixture)]
  const bundle = bundleOf(plugins, fixture.salt)
  const manifest = {
    manifest: 1,
    abi: 1,
    name: fixture.name ?? "@acme/movies",
    version: fixture.version ?? "1.0.0",
    description: "Films for tests",
    bundle: integrityOf(Buffer.from(bundle)),
    plugins
  }
  return [
    { name: "manifest.json", content: JSON.stringify(manifest) },
    { name: "bundle.js", content: bundle },
    ...(fixture.readme === undefined ? [] : [{ name: "README.md", content: fixture.readme }])
  ]
}

export const archiveOf = (entries: readonly Entry[]): Uint8Array => gzipSync(tarOf(entries))

/** A publishable archive. */
export const packageArchive = (fixture: PackageFixture = {}): Uint8Array => archiveOf(packageEntries(fixture))
