import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { type ArchiveFile, integrityOf, writeArchive } from "@millrace/sdk/build"
import { root } from "../house/floors.ts"
import { compile } from "./compile.ts"
import { firstPartyArchives } from "./first-party.ts"
import { bundleProgram } from "./program.ts"
import { type PublishedPackage, publishedJson, publishedPackages } from "./packages.ts"

// Why here: it needs every package at once, and only `test` may see them all; its first user is the journey's test.

export interface PackedPackage {
  readonly name: string
  readonly version: string
  /** The tarball's path. */
  readonly file: string
  readonly bytes: number
  /** SRI (sha512) of the tarball. */
  readonly integrity: string
}

/** Writes a tarball of every published package into a folder that exists. The same sources give the same bytes. */
export const pack = async (out: string): Promise<readonly PackedPackage[]> => {
  const build = mkdtempSync(join(tmpdir(), "millrace-pack-"))
  try {
    const compiled = publishedPackages.filter((each) => each.compiled)
    const declared = compiled.filter((each) => each.declared)
    compile(build, foldersOf(compiled), foldersOf(declared))
    const program = [...(await bundleProgram()), ...(await firstPartyArchives())]
    return publishedPackages.map((each) =>
      packOne(each, build, out, each.folder === "runtime" ? program : [])
    )
  } finally {
    rmSync(build, { recursive: true, force: true })
  }
}

const foldersOf = (packages: readonly PublishedPackage[]) => packages.map(({ folder }) => folder)

const packOne = (
  published: PublishedPackage,
  build: string,
  out: string,
  more: readonly ArchiveFile[]
): PackedPackage => {
  const { folder, plain } = published
  const { name, text, version } = publishedJson(published)
  const files: readonly ArchiveFile[] = [
    { name: "package.json", content: Buffer.from(text) },
    { name: "README.md", content: readFileSync(join(root, folder, "README.md")) },
    { name: "LICENSE", content: readFileSync(join(root, "LICENSE")) },
    ...plain.flatMap((each) => filesBelow(join(root, folder, each), each)),
    ...(published.compiled ? filesBelow(join(build, folder, "src"), "dist").map(withJavaScriptImports) : []),
    ...more
  ]
  const archive = writeArchive(files.map((file) => ({ ...file, name: `package/${file.name}` })))
  const file = join(out, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`)
  writeFileSync(file, archive)
  return { name, version, file, bytes: archive.length, integrity: integrityOf(archive) }
}

/** The files of a folder, at any depth, or the one file. */
const filesBelow = (folder: string, prefix: string): readonly ArchiveFile[] => {
  if (statSync(folder).isFile()) return [{ name: prefix, content: readFileSync(folder) }]
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter(
      (path) =>
        statSync(path).isFile() && !/\.test\.[jt]s$|(?:^|\/)node_modules\//.test(relative(folder, path))
    )
    .map((path) => ({ name: `${prefix}/${relative(folder, path)}`, content: readFileSync(path) }))
}

/** Declarations keep the `.ts` of their imports, which the compiler rewrites in JavaScript alone. */
const withJavaScriptImports = (file: ArchiveFile): ArchiveFile =>
  file.name.endsWith(".d.ts")
    ? {
        name: file.name,
        content: Buffer.from(
          Buffer.from(file.content)
            .toString("utf8")
            .replace(/((?:from |import\()"\.{1,2}\/[^"\n]+)\.ts"/g, '$1.js"')
        )
      }
    : file
