export {
  type DerivedContract,
  type DeriveReply,
  type DeriveRequest,
  guestAbi,
  type GuestBody,
  type GuestBundle,
  type GuestHost,
  type GuestInstance,
  type GuestPending,
  type GuestProcessor,
  type GuestRecord,
  type GuestReply,
  type GuestResult,
  type GuestSink,
  type GuestSource,
  type GuestState,
  pending,
  type SinkBatch,
  type SinkRecord,
  type SinkWrite,
  type SourceBudget,
  type SourceRead,
  type SourceRecord
} from "./abi.ts"
export { guestEntry } from "./guest-entry.ts"
export { migratedField, migrationInput } from "./migration-input.ts"
