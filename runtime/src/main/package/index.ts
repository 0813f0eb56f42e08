export { addPackage } from "./add-package.ts"
export { schemaLines } from "./contract-lines.ts"
export { packageReference } from "./package-reference.ts"
export { packageLines, usesOf } from "./show-package.ts"
