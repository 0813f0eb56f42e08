import type { LiveStatus } from "@millrace/sdk/api"
import { useRef, useSyncExternalStore } from "react"
import { type Connection, liveStore, type Rates } from "./live-store.ts"

export type LivePipeline = LiveStatus["pipelines"][number]
export type LiveNode = LivePipeline["nodes"][number]

const { subscribe, subscribeLater } = liveStore

/** A part of the live view. The component renders again only when this very part changed: select objects of the view, or primitives. */
export const useLive = <A>(select: (status: LiveStatus) => A, told = subscribe): A | undefined =>
  useSyncExternalStore(told, () => {
    const { status } = liveStore.snapshot()
    return status === undefined ? undefined : select(status)
  })

export const useLivePipeline = (name: string): LivePipeline | undefined =>
  useLive(({ pipelines }) => pipelines.find(({ pipeline }) => pipeline === name))

export const useLiveNode = (pipeline: string, node: string): LiveNode | undefined =>
  useLive((status) => nodeOf(status, pipeline, node))

/** The same for one of many in a graph: every second one changes a frame later. */
export const useLiveGraphNode = (pipeline: string, node: string): LiveNode | undefined =>
  useLive(
    (status) => nodeOf(status, pipeline, node),
    node.charCodeAt(node.length - 1) % 2 === 0 ? subscribe : subscribeLater
  )

/** The same for the row of a table: a frame later, and while it is not `isSeen` it keeps what it had. */
export const useLiveRow = (pipeline: string, node: string, isSeen: boolean): LiveNode | undefined => {
  const kept = useRef<LiveNode>(undefined)
  return useLive((status) => {
    if (isSeen || kept.current === undefined) kept.current = nodeOf(status, pipeline, node)
    return kept.current
  }, subscribeLater)
}

const nodeOf = ({ pipelines }: LiveStatus, pipeline: string, node: string): LiveNode | undefined =>
  pipelines.find((each) => each.pipeline === pipeline)?.nodes.find((each) => each.node === node)

/** Rates of a pipeline or of `PIPELINE/NODE`, the newest last. */
export const useRates = (name: string): Rates | undefined =>
  useSyncExternalStore(subscribeLater, () => liveStore.history(name))

export const useConnection = (): Connection =>
  useSyncExternalStore(subscribe, () => liveStore.snapshot().connection)

export const useIsFrozen = (): boolean =>
  useSyncExternalStore(subscribe, () => liveStore.snapshot().frozenAt !== undefined)

/** When the view was frozen, ms since 1970. */
export const useFrozenAt = (): number | undefined =>
  useSyncExternalStore(subscribe, () => liveStore.snapshot().frozenAt)
