export { authorMap, type AuthorMap, type AuthorPlace, type TextPlace } from "./author-map.ts"
export { integrityOf, writeArchive } from "./archive.ts"
export {
  BundleError,
  formatChains,
  formatOffence,
  ManifestError,
  type Offence,
  ProjectError
} from "./build-error.ts"
export {
  buildPackage,
  type BuiltPackage,
  type PackageOptions,
  type ReadManifest,
  readPluginManifests
} from "./build-package.ts"
export { type Bundle, bundleGlobal, bundlePlugins } from "./bundle.ts"
export { type Bundler, openBundler } from "./bundler.ts"
export { readProject } from "./project.ts"
export { type ArchiveFile, writeTar } from "./tar.ts"
export { absenceRemedy } from "./offence/absent-global.ts"
export { projectFolder } from "./package-scope.ts"
