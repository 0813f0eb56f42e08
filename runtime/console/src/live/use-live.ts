import type { LiveStatus } from "@millrace/sdk/api"
import { useRef, useSyncExternalStore } from "react"
import { type Connection, liveStore, type Rates } from "./live-store.ts"

export type LivePipeline = LiveStatus["pipelines"][number]
export type LiveNode = LivePipeline["nodes"][number]

/** A part of the live view. The component renders again only when this very part changed: select objects of the view, or primitives. */
export const useLive = <A>(select: (status: LiveStatus) => A): A | undefined =>
  useSyncExternalStore(liveStore.subscribe, () => {
    const { status } = liveStore.snapshot()
    return status === undefined ? undefined : select(status)
  })

export const useLivePipeline = (name: string): LivePipeline | undefined =>
  useLive(({ pipelines }) => pipelines.find(({ pipeline }) => pipeline === name))

/** A node; while it is not `isWanted` (out of sight) the component keeps what it had. */
export const useLiveNode = (pipeline: string, node: string, isWanted = true): LiveNode | undefined => {
  const kept = useRef<LiveNode>(undefined)
  return useLive(({ pipelines }) => {
    if (isWanted || kept.current === undefined)
      kept.current = pipelines
        .find((each) => each.pipeline === pipeline)
        ?.nodes.find((each) => each.node === node)
    return kept.current
  })
}

/** Rates of a pipeline or of `PIPELINE/NODE`, the newest last. */
export const useRates = (name: string): Rates | undefined =>
  useSyncExternalStore(liveStore.subscribe, () => liveStore.history(name))

export const useConnection = (): Connection =>
  useSyncExternalStore(liveStore.subscribe, () => liveStore.snapshot().connection)

export const useIsFrozen = (): boolean =>
  useSyncExternalStore(liveStore.subscribe, () => liveStore.snapshot().frozenAt !== undefined)

/** When the view was frozen, ms since 1970. */
export const useFrozenAt = (): number | undefined =>
  useSyncExternalStore(liveStore.subscribe, () => liveStore.snapshot().frozenAt)
