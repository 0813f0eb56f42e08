export { Bump, isEnough, PackageChange, requiredBump } from "./package-change.ts"
export { packageChanges } from "./package-changes.ts"
export { allowedBump, nextVersion } from "./version-step.ts"
