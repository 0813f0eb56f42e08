import assert from "node:assert/strict"
import type { GroupMember, JoinRequest, KafkaClient } from "./kafka-client.ts"
import type { ClientCase } from "./acceptance-records.ts"
import { textBatch } from "./testing/raw-batches.ts"
import { readTo, refusalOf, settled, takeOver, transact } from "./testing/stage.ts"

const bytes = (text: string): Uint8Array => Buffer.from(text)
const textOf = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString()

const joining = (group: string, instanceId?: string): JoinRequest => ({
  group,
  memberId: "",
  ...(instanceId === undefined ? {} : { instanceId }),
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 30_000,
  protocolType: "millrace",
  protocols: [{ name: "tasks", metadata: bytes("what I can") }]
})

export const transactionCases: readonly ClientCase[] = [
  {
    name: "commits records and offsets together, or neither",
    run: async ({ client, name, topic: make }) => {
      const topic = await make()
      const group = name("group")
      const producer = await takeOver(client, name("id"))
      const place = { topic, partition: 0 }
      for (const [index, outcome] of (["commit", "abort"] as const).entries()) {
        await client.addPartitionsToTxn(producer, [place])
        const records = textBatch([outcome], { producer, sequence: index, isTransactional: true })
        const { transactionalId } = producer
        await client.produce({ transactionalId, timeoutMs: 30_000, batches: [{ ...place, records }] })
        await client.addOffsetsToTxn(producer, group)
        const offset = BigInt(10 + index)
        await client.txnOffsetCommit(producer, group, [{ ...place, offset, metadata: outcome }])
        await client.endTxn(producer, outcome)
        // It waits for what is open.
        assert.deepEqual(await client.fetchOffsets(group, [place]), [
          { ...place, offset: 10n, metadata: "commit" }
        ])
      }
    }
  },
  {
    name: "fences who had the transactional id before, and aborts what it left open",
    run: async ({ client, name, other, topic: make }) => {
      const topic = await make()
      const id = name("id")
      const zombie = await takeOver(client, id)
      await client.addPartitionsToTxn(zombie, [{ topic, partition: 0 }])
      const records = textBatch(["of the zombie"], { producer: zombie, isTransactional: true })
      const batches = [{ topic, partition: 0, records }]
      const request = { transactionalId: id, timeoutMs: 30_000, batches }
      await client.produce(request)
      const heir = await takeOver(other, id)
      assert.equal(heir.producerId, zombie.producerId)
      for (const ask of [
        () => client.produce(request),
        () => client.addPartitionsToTxn(zombie, [{ topic, partition: 0 }]),
        () => client.endTxn(zombie, "commit")
      ]) {
        const error = await refusalOf(ask())
        assert.equal(error.fenced, true, error.message)
        assert.equal(error.retriable, false, error.message)
      }
      await transact(other, heir, topic, ["of the heir"], 0, "commit")
      await settled(other, topic, 4n)
      const { aborted } = await readTo(other, topic, 4n, "committed")
      assert.deepEqual(aborted.flat(), [{ producerId: zombie.producerId, firstOffset: 0n }])
    }
  },
  {
    name: "says that a producer must be thrown away whose sequence is not what the broker has",
    run: async ({ client, name, topic: make }) => {
      const topic = await make()
      const producer = await takeOver(client, name("id"))
      await transact(client, producer, topic, ["first"], 0, "commit")
      const error = await refusalOf(transact(client, producer, topic, ["too early"], 7, "commit"))
      assert.equal(error.kind, "OUT_OF_ORDER_SEQUENCE_NUMBER")
      assert.deepEqual([error.indefinite, error.fenced], [true, false])
    }
  },
  {
    name: "refuses offsets of a member whose generation has passed",
    run: async ({ client, name, topic: make }) => {
      const topic = await make()
      const group = name("group")
      const { member } = await client.joinGroup(joining(group))
      await client.syncGroup(member, [])
      const producer = await takeOver(client, name("id"))
      await client.addOffsetsToTxn(producer, group)
      const offsets = [{ topic, partition: 0, offset: 1n }]
      await client.txnOffsetCommit(producer, group, offsets, member)
      const old = { ...member, generation: member.generation - 1 }
      const error = await refusalOf(client.txnOffsetCommit(producer, group, offsets, old))
      assert.equal(error.kind, "ILLEGAL_GENERATION")
      await client.endTxn(producer, "abort")
      await client.leaveGroup(member)
    }
  }
]

/** Asks again while it goes well. */
const untilRefused = async (ask: () => Promise<void>): Promise<void> => {
  for (;;) await ask()
}

/** Joins as a follower while the one member that there is joins again. */
const meet = async (
  first: KafkaClient,
  second: KafkaClient,
  group: string
): Promise<readonly [GroupMember, GroupMember]> => {
  const alone = await first.joinGroup(joining(group))
  await first.syncGroup(alone.member, [{ memberId: alone.member.memberId, bytes: bytes("all") }])
  const arriving = second.joinGroup(joining(group))
  // The second waits for the first, who learns of it by its heartbeat.
  await refusalOf(untilRefused(() => first.heartbeat(alone.member)))
  const [again, joined] = await Promise.all([
    first.joinGroup({ ...joining(group), memberId: alone.member.memberId }),
    arriving
  ])
  assert.equal(again.member.generation, joined.member.generation)
  assert.equal(again.leader, again.member.memberId)
  assert.deepEqual(
    again.members.map((member) => textOf(member.bytes)),
    ["what I can", "what I can"]
  )
  assert.deepEqual(joined.members, [])
  return [again.member, joined.member]
}

export const groupCases: readonly ClientCase[] = [
  {
    name: "lets the leader of a group say who does what, in bytes of its own",
    run: async ({ client, name, other }) => {
      const [leader, follower] = await meet(client, other, name("group"))
      const waiting = other.syncGroup(follower, [])
      const own = await client.syncGroup(leader, [
        { memberId: leader.memberId, bytes: bytes("the first half") },
        { memberId: follower.memberId, bytes: bytes("the second half") }
      ])
      assert.equal(textOf(own), "the first half")
      assert.equal(textOf(await waiting), "the second half")
      await other.heartbeat(follower)
      await other.leaveGroup(follower)
      const gone = await refusalOf(other.heartbeat(follower))
      assert.equal(gone.kind, "UNKNOWN_MEMBER_ID")
      const asked = await refusalOf(client.heartbeat(leader))
      assert.equal(asked.kind, "REBALANCE_IN_PROGRESS")
      await client.leaveGroup(leader)
    }
  },
  {
    name: "describes a group and its members to who is none, and tells a first joining its id before it is used",
    run: async ({ client, name, other }) => {
      const group = name("group")
      assert.deepEqual(await other.describeGroup(group), {
        code: 0,
        state: "Dead",
        protocolType: "",
        members: []
      })
      const ids: string[] = []
      const onMemberId = async (id: string): Promise<void> => {
        // It may leave before it has joined.
        if (ids.push(id) === 1) await client.leaveGroup({ group, memberId: id, generation: -1 })
      }
      const refused = await refusalOf(client.joinGroup({ ...joining(group), onMemberId }))
      assert.equal(refused.kind, "UNKNOWN_MEMBER_ID")
      const { member } = await client.joinGroup({ ...joining(group), onMemberId })
      assert.equal(member.memberId, ids[1])
      await client.syncGroup(member, [{ memberId: member.memberId, bytes: bytes("all") }])
      const { members, protocolType, state } = await other.describeGroup(group)
      assert.deepEqual([state, protocolType], ["Stable", "millrace"])
      assert.deepEqual(
        members.map((each) => [each.memberId, textOf(each.metadata), textOf(each.assignment)]),
        [[member.memberId, "what I can", "all"]]
      )
      await client.leaveGroup(member)
    }
  },
  {
    name: "answers heartbeats of a member that waits for others to join",
    run: async ({ client, name, other }) => {
      const [leader, follower] = await meet(client, other, name("group"))
      const assigning = client.syncGroup(leader, [])
      await Promise.all([assigning, other.syncGroup(follower, [])])
      const joined = client.joinGroup({ ...joining(leader.group), memberId: leader.memberId })
      const asked = await refusalOf(untilRefused(() => client.heartbeat(leader)))
      assert.equal(asked.kind, "REBALANCE_IN_PROGRESS")
      await other.leaveGroup(follower)
      await client.leaveGroup((await joined).member)
    }
  },
  {
    name: "lets a static member come back without a rebalance, and fences the one that it was",
    run: async ({ client, name, other }) => {
      const group = name("group")
      const { member } = await client.joinGroup(joining(group, "worker-1"))
      await client.syncGroup(member, [{ memberId: member.memberId, bytes: bytes("kept") }])
      const back = await other.joinGroup(joining(group, "worker-1"))
      assert.equal(back.member.generation, member.generation)
      assert.equal(textOf(await other.syncGroup(back.member, [])), "kept")
      const fenced = await refusalOf(client.heartbeat(member))
      assert.equal(fenced.kind, "FENCED_INSTANCE_ID")
      assert.equal(fenced.fenced, true)
      await other.leaveGroup(back.member)
    }
  },
  {
    name: "keeps offsets of a group, with a text, and knows of none where none were committed",
    run: async ({ client, name, topic: make }) => {
      const topic = await make(2)
      const group = name("group")
      const offsets = [{ topic, partition: 1, offset: 2n ** 40n, metadata: "checkpoint" }]
      await client.commitOffsets(group, offsets)
      const both = [0, 1].map((partition) => ({ topic, partition }))
      assert.deepEqual(await client.fetchOffsets(group, both), offsets)
    }
  }
]
