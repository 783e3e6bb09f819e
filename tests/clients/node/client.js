// KafkaJS as an application uses it:
//   client.js check BOOTSTRAP                 producer, consumer and admin, each thing checked
//   client.js member BOOTSTRAP GROUP TOPIC    one member of a group until SIGTERM; JSON lines on stdout
//   client.js create BOOTSTRAP TOPIC PARTITIONS
//   client.js produce BOOTSTRAP TOPIC PARTITIONS   lines of stdin, spread over the topic's partitions
'use strict'

const assert = require('node:assert/strict')
const fs = require('node:fs')
const { Kafka, CompressionTypes, Partitioners, logLevel } = require('kafkajs')

const DEADLINE_MS = 30_000
const MAX_WAIT_MS = 200 // a consumer is only closed when its fetch is answered
const [command, bootstrap, ...words] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'kafkajs-test', brokers: [bootstrap], logLevel: logLevel.ERROR })
const say = (event) => console.log(JSON.stringify(event))
const byOffset = (a, b) => Number(a.offset) - Number(b.offset)

async function until(condition, what) {
  const end = Date.now() + DEADLINE_MS
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${DEADLINE_MS} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function withAdmin(work) {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

async function send(topic, messages, config = {}, options = {}) {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, ...config })
  await producer.connect()
  try {
    return await producer.send({ topic, messages, ...options })
  } finally {
    await producer.disconnect()
  }
}

// Reads `count` messages in a group, from the beginning or where the group stopped.
async function read(topic, groupId, count) {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: MAX_WAIT_MS })
  const messages = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      messages.push({ partition, ...message })
    },
  })
  try {
    await until(() => messages.length >= count, `${count} messages`)
  } finally {
    await consumer.disconnect()
  }
  assert.equal(messages.length, count)
  return messages
}

const create = (topic, numPartitions) =>
  withAdmin((admin) => admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true }))

const checks = {
  async topics() {
    await withAdmin(async (admin) => {
      assert.equal(await admin.createTopics({ topics: [{ topic: 'topics', numPartitions: 3 }] }), true)
      assert.equal(await admin.createTopics({ topics: [{ topic: 'topics', numPartitions: 3 }] }), false)
      const partitions = async () =>
        (await admin.fetchTopicMetadata({ topics: ['topics'] })).topics[0].partitions.length
      assert.equal(await partitions(), 3)
      await admin.createPartitions({ topicPartitions: [{ topic: 'topics', count: 5 }] })
      await until(async () => (await partitions()) === 5, 'five partitions')
      await admin.deleteTopics({ topics: ['topics'] })
      await until(async () => !(await admin.listTopics()).includes('topics'), 'the topic to be gone')
      assert.equal((await admin.describeCluster()).brokers.length, 1)
    })
  },

  async messages() {
    await create('messages', 1)
    const timestamp = '1700000000000'
    const [done] = await send('messages', [
      { key: 'key', value: 'value', headers: { a: ['1', '2'], b: '3' }, timestamp, partition: 0 },
      { key: 'gone', value: null, timestamp, partition: 0 },
      { value: '', timestamp, partition: 0 },
    ])
    assert.equal(done.baseOffset, '0')
    const [first, second, third] = (await read('messages', 'messages-group', 3)).sort(byOffset)
    assert.equal(`${first.key}=${first.value}`, 'key=value')
    assert.deepEqual(first.headers.a.map(String), ['1', '2'])
    assert.equal(String(first.headers.b), '3')
    assert.equal(first.timestamp, timestamp)
    assert.equal(second.value, null)
    assert.equal(third.key, null)
    assert.equal(String(third.value), '')
  },

  async 'acks and gzip'() {
    await create('codecs', 2)
    const wanted = []
    for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
      for (const acks of [0, 1, -1]) {
        const values = Array.from({ length: 50 }, (_, i) => `${compression} ${acks} ${i} ${'x'.repeat(300)}`)
        wanted.push(...values)
        await send('codecs', values.map((value, i) => ({ value, partition: i % 2 })), {}, { compression, acks })
      }
    }
    const values = (await read('codecs', 'codecs-group', wanted.length)).map((m) => String(m.value))
    assert.deepEqual(values.sort(), wanted.sort())
  },

  async 'idempotent producer'() {
    await create('idempotent', 1)
    const producer = kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner })
    await producer.connect()
    for (let i = 0; i < 100; i++) {
      const messages = Array.from({ length: 10 }, (_, j) => ({ value: String(i * 10 + j), partition: 0 }))
      const [done] = await producer.send({ topic: 'idempotent', messages })
      assert.equal(done.baseOffset, String(i * 10))
    }
    await producer.disconnect()
    const messages = (await read('idempotent', 'idempotent-group', 1000)).sort(byOffset)
    assert.deepEqual(messages.map((m) => String(m.value)), Array.from({ length: 1000 }, (_, i) => String(i)))
  },

  async 'offsets and groups as admin'() {
    await create('offsets', 1)
    const messages = Array.from({ length: 10 }, (_, i) => ({
      value: String(i), partition: 0, timestamp: String(1_700_000_000_000 + i * 1000),
    }))
    await send('offsets', messages)
    await withAdmin(async (admin) => {
      assert.deepEqual(await admin.fetchTopicOffsets('offsets'), [{ partition: 0, offset: '10', high: '10', low: '0' }])
      assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp('offsets', 1_700_000_003_001), [
        { partition: 0, offset: '4' },
      ])
      await read('offsets', 'offsets-group', 10)
      const committed = async () =>
        (await admin.fetchOffsets({ groupId: 'offsets-group', topics: ['offsets'] }))[0].partitions[0].offset
      assert.equal(await committed(), '10')
      await admin.setOffsets({ groupId: 'offsets-group', topic: 'offsets', partitions: [{ partition: 0, offset: '6' }] })
      assert.equal(await committed(), '6')
      assert.deepEqual((await read('offsets', 'offsets-group', 4)).map((m) => String(m.value)), ['6', '7', '8', '9'])
      const { groups } = await admin.listGroups()
      assert.ok(groups.some((g) => g.groupId === 'offsets-group'))
      assert.equal((await admin.describeGroups(['offsets-group'])).groups[0].state, 'Empty')
      await admin.deleteGroups(['offsets-group'])
      assert.ok(!(await admin.listGroups()).groups.some((g) => g.groupId === 'offsets-group'))
    })
  },
}

async function check() {
  for (const [name, run] of Object.entries(checks)) {
    const start = Date.now()
    await run()
    console.log(`${name}: ok, ${Date.now() - start} ms`)
  }
}

async function member(groupId, topic) {
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: Number(process.env.SESSION_TIMEOUT_MS),
    heartbeatInterval: Number(process.env.HEARTBEAT_INTERVAL_MS),
    rebalanceTimeout: 10_000,
    maxWaitTimeInMs: MAX_WAIT_MS,
  })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => say({ assigned: payload.memberAssignment[topic] ?? [] }))
  consumer.on(consumer.events.REBALANCING, () => say({ assigned: [] }))
  process.on('SIGTERM', async () => {
    await consumer.disconnect()
    process.exit(0)
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommitInterval: Number(process.env.AUTO_COMMIT_INTERVAL_MS),
    eachMessage: async ({ partition, message }) => {
      say({ partition, offset: Number(message.offset), value: String(message.value) })
    },
  })
}

async function produce(topic, partitions) {
  const lines = fs.readFileSync(0, 'utf8').split('\n')
  await send(topic, lines.map((value, i) => ({ value, partition: i % partitions })))
}

const commands = {
  check,
  member,
  create: (topic, partitions) => create(topic, Number(partitions)),
  produce: (topic, partitions) => produce(topic, Number(partitions)),
}
commands[command](...words).catch((error) => {
  console.error(error)
  process.exit(1)
})
