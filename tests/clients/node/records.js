// Records as KafkaJS writes and reads them, in the words of java/any/AnyClient.java, with codecs that KafkaJS leaves to
// its users:
//   records.js write BOOTSTRAP                      records of stdin: topic codec key value timestamp headers
//   records.js read BOOTSTRAP TOPIC:COUNT:TIME...   what lies in partition 0, and the offset of that time
'use strict'

const fs = require('node:fs')
const fzstd = require('fzstd')
const snappy = require('snappyjs')
const { CompressionCodecs, CompressionTypes, Kafka, Partitioners, logLevel } = require('kafkajs')

const DEADLINE_MS = 40_000
const SHORT_BYTES = 100
const [command, bootstrap, ...words] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'kafkajs-records', brokers: [bootstrap], logLevel: logLevel.ERROR })

// --- codecs ---

const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
const XERIAL_HEADER_BYTES = 16

// Java's snappy is framed: a header, then blocks with their lengths; the one of others is a single block.
function unsnappy(bytes) {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return Buffer.from(snappy.uncompress(bytes))
  const blocks = []
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length; ) {
    const length = bytes.readInt32BE(at)
    blocks.push(Buffer.from(snappy.uncompress(bytes.subarray(at + 4, at + 4 + length))))
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

const codec = (compress, decompress) => () => ({
  compress: async (encoder) => Buffer.from(compress(encoder.buffer)),
  decompress: async (bytes) => Buffer.from(decompress(bytes)),
})
CompressionCodecs[CompressionTypes.Snappy] = codec(snappy.compress, unsnappy)
CompressionCodecs[CompressionTypes.ZSTD] = codec(() => { throw new Error('read only') }, fzstd.decompress)

const CODECS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
}

// --- words ---

const decode = (word) => (word === '-' ? null : Buffer.from(word, 'base64'))
const encode = (bytes) => (bytes === null ? '-' : Buffer.from(bytes).toString('base64'))

function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1))
  }
  return (~crc >>> 0).toString(16)
}

const brief = (bytes) =>
  bytes === null || bytes.length <= SHORT_BYTES ? encode(bytes) : `${bytes.length} bytes, ${crc32(bytes)}`

// --- records ---

async function write() {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const lines = fs.readFileSync(0, 'utf8').split('\n').filter(Boolean).map((line) => line.split('\t'))
  while (lines.length) {
    const [topic, codec] = lines[0]
    const other = lines.findIndex((line) => line[0] !== topic || line[1] !== codec)
    const messages = lines.splice(0, other < 0 ? lines.length : other).map(([, , key, value, timestamp, headers]) => ({
      partition: 0,
      key: decode(key),
      value: decode(value),
      timestamp,
      headers: Object.fromEntries(headers.split(',').filter(Boolean).map((header) => {
        const [name, bytes] = header.split(':')
        return [name, decode(bytes)]
      })),
    }))
    await producer.send({ topic, messages, compression: CODECS[codec] })
  }
  await producer.disconnect()
}

async function read(asked) {
  const admin = kafka.admin()
  await admin.connect()
  const wanted = new Map()
  for (const word of asked) {
    const [topic, count, time] = word.split(':')
    wanted.set(topic, Number(count))
    const [{ offset }] = await admin.fetchTopicOffsetsByTimestamp(topic, Number(time))
    console.log(`${topic}\tat time\t${offset}`)
  }
  await admin.disconnect()
  const consumer = kafka.consumer({ groupId: `records-${process.pid}`, maxWaitTimeInMs: 200 })
  await consumer.connect()
  await consumer.subscribe({ topics: [...wanted.keys()], fromBeginning: true })
  let left = [...wanted.values()].reduce((sum, count) => sum + count, 0)
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`${left} records are missing`)), DEADLINE_MS)
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    consumer.run({
      eachMessage: async ({ topic, message }) => {
        const headers = Object.entries(message.headers ?? {}).map(([name, bytes]) => `${name}:${encode(bytes)}`)
        console.log([topic, message.offset, brief(message.key), brief(message.value), message.timestamp, '?', headers.join(',')].join('\t'))
        if (--left === 0) resolve()
      },
    }).catch(reject)
  })
  await consumer.disconnect()
}

;(command === 'write' ? write() : read(words)).then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
