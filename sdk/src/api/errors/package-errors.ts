import { errorTable } from "./definition.ts"

/** Packages: what the registry refuses and does not find. */
export const packageErrors = errorTable({
  PACKAGE_UNKNOWN: {
    status: 404,
    message: "There is no package {package}",
    where: "the package's name",
    why: "Nobody has published under this name in this registry.",
    remedy: "Check the name with `millrace search`.",
    fields: ["package", "didYouMean"]
  },
  VERSION_UNKNOWN: {
    status: 404,
    message: "There is no version {version} of {package}",
    where: "the version",
    why: "Versions are named exactly; this one was never published.",
    remedy: "Choose one of the versions that `millrace show {package}` lists.",
    fields: ["package", "version", "published"]
  },
  VERSION_EXISTS: {
    status: 409,
    message: "{package}@{version} was published before; versions never change",
    where: "the version in package.json",
    why: "Locks name versions by digest. Yanked and deprecated versions keep their numbers too.",
    remedy: "Raise the version, with `millrace publish --bump` for instance, and publish again.",
    fields: ["package", "version"]
  },
  RANGE_UNSATISFIED: {
    status: 404,
    message: "No version of {package} satisfies {range}",
    where: "the node's version range",
    why: "Ranges go by npm's rules; yanked versions are not taken, prereleases only where the range names one.",
    remedy: "Widen the range, or choose one of the versions that `millrace show {package}` lists.",
    fields: ["package", "range", "published"]
  },
  NAME_TOO_SIMILAR: {
    status: 409,
    message: "{name} can be mistaken for {existing}",
    where: "the package's name or scope",
    why: "Names that differ in hyphens or look-alike characters alone (0 and o, 1 and l) invite typosquatting.",
    remedy: "Choose a name that differs in more than hyphens and look-alike characters.",
    fields: ["name", "existing"]
  },
  NAME_RESERVED: {
    status: 409,
    message: "{name} is reserved",
    where: "the package's name or scope",
    why: "Names that pass for the platform, the runtime or a path of the registry are kept from everybody.",
    remedy: "Choose another name.",
    fields: ["name"]
  },
  ARCHIVE_INVALID: {
    status: 422,
    message: "The archive is refused: {problem}",
    where: "the archive's entry",
    why: "An archive is taken apart strictly: regular files of known names only, within limits of size, count and ratio.",
    remedy: "Build the archive with `millrace build` and publish that file.",
    fields: ["problem", "entry"]
  },
  ARCHIVE_CORRUPT: {
    status: 500,
    message: "The stored archive of {package}@{version} is missing or damaged",
    where: "the registry's folder of archives",
    why: "Archives are checked against their digest at every read; this one does not fit.",
    remedy: "Restore the archive from a backup, or yank the version with `millrace yank`.",
    fields: ["package", "version"]
  },
  MANIFEST_INVALID: {
    status: 422,
    message: "manifest.json is refused: {problem}",
    where: "`path`: the value in manifest.json",
    why: "The manifest is what reviewers and plans go by; every name and schema in it is checked.",
    remedy: "Build the archive with `millrace build` and publish that file.",
    fields: ["problem"]
  },
  MANIFEST_MISMATCH: {
    status: 422,
    message: "manifest.json does not say what {other} says",
    where: "`path`: the value in manifest.json",
    why: "The manifest is derived from the bundle, in the registry's own sandbox: what is reviewed is what runs.",
    remedy: "Build the archive again with `millrace build`; manifest and bundle must come from one build.",
    fields: ["other"]
  },
  BUNDLE_REFUSED: {
    status: 422,
    message: "The bundle does not load in the sandbox: {problem}",
    where: "bundle.js",
    why: "The registry loads every bundle in the sandbox, without capabilities, to read what it holds.",
    remedy: "Run `millrace build`; it reports what the sandbox does not offer.",
    fields: ["problem"]
  },
  VERSION_TOO_SMALL: {
    status: 409,
    message:
      "{package}@{version} changes more than its number says since {previous}; the smallest allowed is {smallest}: {changes}",
    where: "the version in package.json",
    why: "Whoever takes an upgrade within a range must not get a broken contract or wider permissions by it.",
    remedy: "Undo the changes listed, or publish as {smallest}: `millrace publish --bump` writes it.",
    fields: ["package", "version", "previous", "smallest", "changes"]
  },
  PUBLISH_QUOTA: {
    status: 429,
    message: "{actor} has used up {limit} {what} a week",
    where: "the token's owner",
    why: "A flood of publishes, of one person or of a stolen token, must not drown the registry.",
    remedy: "Wait {retryAfterSeconds} seconds, then publish again.",
    fields: ["actor", "limit", "what", "retryAfterSeconds"]
  }
})
