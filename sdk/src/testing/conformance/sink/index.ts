import type { Check } from "../subject.ts"
import { brokenWrites } from "./broken-writes.ts"
import { killedWrites } from "./killed-writes.ts"
import type { SinkSubject } from "./sink-subject.ts"
import { writtenRecords } from "./written-records.ts"

export const sinkChecks: readonly Check<SinkSubject>[] = [...killedWrites, ...brokenWrites, ...writtenRecords]
