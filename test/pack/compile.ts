import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { isTest, root, sources } from "../house/floors.ts"

/**
 * Compiles packages to JavaScript: Node strips no types below `node_modules`. `folder/SOURCE.js` comes from
 * `root/SOURCE.ts`, module by module, so that what finds a file beside itself finds it compiled as well.
 * Declarations only for the packages that authors import.
 */
export const compile = (folder: string, packages: readonly string[], declared: readonly string[]): void => {
  const files = packages.flatMap((each) => sources(`${each}/src`)).filter((file) => !isTest(file))
  emit(folder, "javascript", [...new Set(files)], { declaration: false, noCheck: true })
  emit(
    folder,
    "declarations",
    files.filter((file) => declared.some((each) => file.startsWith(`${each}/src/`))),
    { declaration: true, emitDeclarationOnly: true }
  )
}

const emit = (
  folder: string,
  name: string,
  files: readonly string[],
  options: { readonly [option: string]: boolean }
): void => {
  mkdirSync(folder, { recursive: true })
  const project = join(folder, `${name}.json`)
  const compilerOptions = {
    ...options,
    noEmit: false,
    rewriteRelativeImportExtensions: true,
    rootDir: root,
    outDir: folder,
    typeRoots: [join(root, "node_modules/@types")]
  }
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions,
    include: [],
    files: files.map((file) => join(root, file))
  }
  writeFileSync(project, JSON.stringify(config))
  execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", project], {
    stdio: ["ignore", "inherit", "inherit"]
  })
}
