import * as groups from "./groups.ts"
import * as metadata from "./metadata.ts"
import * as records from "./records.ts"
import * as transactions from "./transactions.ts"

/** The requests that a broker has to know, each in our version. */
export const allApis: readonly { readonly key: number; readonly version: number; readonly name: string }[] = [
  metadata.metadataApi,
  metadata.findCoordinatorApi,
  metadata.createTopicsApi,
  metadata.deleteTopicsApi,
  metadata.describeConfigsApi,
  metadata.alterConfigsApi,
  records.listOffsetsApi,
  records.fetchApi,
  records.produceApi,
  transactions.initProducerIdApi,
  transactions.addPartitionsToTxnApi,
  transactions.addOffsetsToTxnApi,
  transactions.txnOffsetCommitApi,
  transactions.endTxnApi,
  groups.joinGroupApi,
  groups.syncGroupApi,
  groups.heartbeatApi,
  groups.leaveGroupApi,
  groups.describeGroupApi,
  groups.offsetCommitApi,
  groups.offsetFetchApi
]
