export { assembleSchema } from "./assemble.ts"
export { parsingCanonicalForm } from "./canonical-form.ts"
export {
  checkCompatibility,
  type Compatibility,
  type CompatibilityMode,
  compatibilityModes,
  type CompatibilityProblem
} from "./compatibility.ts"
export { diffSchemas, renderChanges, type SchemaChange, type SchemaChangeKind } from "./difference.ts"
export { fingerprint, type FingerprintAlgorithm, fingerprintHex, schemaHash } from "./fingerprint.ts"
export { schemaText, toJson, toJsonWith } from "./json.ts"
export { label } from "./label.ts"
export { branchOfDefault, completeDefault } from "./parse/default-value.ts"
export { type AvroLibrary, makeLibrary } from "./parse/library.ts"
export { type AvroLimits, defaultLimits } from "./parse/limits.ts"
export { isDottedName, isSimpleName, namespaceOf, unqualified } from "./parse/name.ts"
export { addToLibrary, parseAvro, parseAvroOrThrow, parseAvroWith } from "./parse/parse.ts"
export { AvroSchemaError, type AvroSchemaErrorCode, type AvroSchemaFault } from "./parse/schema-error.ts"
export type * from "./resolution.ts"
export { resolve } from "./resolve.ts"
export { sameType } from "./same.ts"
export { sortAttributes } from "./sort-attributes.ts"
export { guidHeader, guidOfHeader, keyHeaderName, valueHeaderName } from "./wire/schema-guid.ts"
export { noSchemaId, schemaIdAt, schemaIdLength, schemaIdPrefix, writeSchemaId } from "./wire/schema-id.ts"
export {
  singleObjectFingerprint,
  singleObjectHeader,
  singleObjectHeaderLength
} from "./wire/single-object.ts"
export type {
  ArrayType,
  Attributes,
  AvroField,
  AvroType,
  EnumType,
  FixedType,
  Json,
  LogicalType,
  MapType,
  NamedType,
  PrimitiveKind,
  PrimitiveType,
  RecordType,
  UnionType
} from "./type.ts"
